# ${#x} of values of several lengths.
i=0 sum=0 short=ab long=$(printf '%0500d' 7)
while [ $i -lt 20000 ]; do
    sum=$((sum + ${#i} + ${#short} + ${#long} + ${#sum}))
    i=$((i + 1))
done
echo $sum
