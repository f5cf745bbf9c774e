"""What can be done with the repositories that code is pushed to: one for each app, bare, in the data folder."""
