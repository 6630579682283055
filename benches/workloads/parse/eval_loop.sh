# eval of texts that differ from turn to turn, and of some that come again.
i=0 sum=0
while [ $i -lt 10000 ]; do
    eval "item_$((i % 100))=\$((sum + $i))"
    eval "sum=\$item_$((i % 100))"
    i=$((i + 1))
done
echo $sum
