# The same configure script, run; its tests are builtins.
# run: $INPUT/configure
# repeat: 3
