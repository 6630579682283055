//! Writing a string so that reading returns it: `${x@Q}`, `printf %q`, `declare -p`, xtrace.
