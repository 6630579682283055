# Only parsing: `-n` of a large configure script.
# run: -n $INPUT/configure
# repeat: 3
