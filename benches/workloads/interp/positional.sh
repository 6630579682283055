# Positional parameters: set, shift, "$@", $#, options by getopts.
options() {
    OPTIND=1 verbose=0 output=
    while getopts vo: option; do
        case $option in
            v) verbose=$((verbose + 1)) ;;
            o) output=$OPTARG ;;
        esac
    done
    shift $((OPTIND - 1))
    last=
    while [ $# -gt 0 ]; do
        last=$1
        shift
    done
}
pass() { options "$@"; }
i=0
while [ $i -lt 3000 ]; do
    set -- -v -o "out $i" -v one "two words" three
    pass "$@"
    i=$((i + 1))
done
echo $verbose "$output" $last $#
