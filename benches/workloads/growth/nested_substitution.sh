# $( ) in $( ), many levels.
# sizes: 10 20 40 80
n=$1 text='echo deep' i=0
while [ $i -lt $n ]; do
    text="echo \$($text)"
    i=$((i + 1))
done
eval "$text"
