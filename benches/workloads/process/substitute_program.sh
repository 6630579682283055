# $(…) of a program found in PATH.
i=0 n=0
while [ $i -lt 150 ]; do
    x=$(basename /usr/lib/file$i.txt .txt)
    n=$((n + ${#x}))
    i=$((i + 1))
done
echo $n $x
