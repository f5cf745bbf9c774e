"""Git's own words, over SSH and over HTTP: push to deploy, fetch what was deployed last."""
