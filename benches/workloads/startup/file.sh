# Starting, reading a small file, ending.
# repeat: 100
set -u
prefix=/usr/local
usage() {
    echo "usage: $0 [-p PREFIX] NAME" >&2
    exit 2
}
case ${1:-none} in
    -h) usage ;;
    none) name=world ;;
    *) name=$1 ;;
esac
echo "hello, $name, from $prefix"
