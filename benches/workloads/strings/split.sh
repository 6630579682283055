# Splitting of fields at IFS.
list=$(echo one two three four five six seven eight nine ten)
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
i=0 n=0
while [ $i -lt 5000 ]; do
    set -- $list
    n=$((n + $#))
    IFS=:
    set -f
    set -- $path
    set +f
    IFS=' '
    n=$((n + $#))
    for word in $list; do last=$word; done
    i=$((i + 1))
done
echo $n $last $6
