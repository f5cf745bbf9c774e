# A worker in plain sh: a line every ten seconds, until it is told to end.
trap 'echo "$CONTAINER ends"; exit 0' TERM
while :; do
    echo "$CONTAINER is at work"
    sleep 10 &
    wait $!
done
