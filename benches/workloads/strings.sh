# string operators
s=the/quick/brown/fox.tar.gz
for ((i = 0; i < 50000; i++)); do a=${s##*/} b=${s%.*} c=${s/o/0} d=${#s} e=${s:4:5}; done
echo "$a $b $c $d $e"
