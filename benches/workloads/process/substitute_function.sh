# $(…) of a function with variables of its own.
double() { number=$(($1 * 2)); echo $number; }
i=0 n=0 number=kept
while [ $i -lt 400 ]; do
    n=$((n + $(double $i)))
    i=$((i + 1))
done
echo $n $number
