# Many variables, then substitutions and subshells.
# sizes: 1000 10000 100000
n=$1 i=0
while [ $i -lt $n ]; do
    eval "variable_$i=$i"
    i=$((i + 1))
done
i=0
while [ $i -lt 50 ]; do
    x=$(echo "$variable_77" $i)
    (variable_77=$i)
    i=$((i + 1))
done
echo $x $variable_77
