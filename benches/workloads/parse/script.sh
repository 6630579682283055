# A script of 5,000 lines: read, defined, a few of its functions called.
# run: $INPUT/script
# repeat: 10
