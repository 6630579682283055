#!/bin/sh
# compare.sh [OPTIONS] SHELL REFERENCE [PEER...]: shells side by side; `compare.sh -h` tells more, compare.py does it.
exec python3 -B "$(dirname "$0")/compare.py" "$@"
