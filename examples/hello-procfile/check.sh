# Run once with each new release, before it gets traffic: where this fails, the old release serves on.
test -s site/index.html || { echo "there is no page to serve"; exit 1; }
echo "$APP is ready to serve $(wc -c < site/index.html) bytes"
