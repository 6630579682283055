# printf to standard output.
i=0
while [ $i -lt 12000 ]; do
    printf '%5d %-8s|%x %s\n' $i "n$i" $i 'a b'
    printf '%s,%03d\n' x $((i % 1000)) y 7
    i=$((i + 1))
done
