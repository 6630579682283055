# ${s//a/b} in a long string.
# sizes: 5000 15000 50000 1000000
# reference: 50000
# expect: 2N
n=$1
printf -v s '%*s' $n ''
s=${s// /ab}
s=${s//a/xy}
s=${s//xy/c}
echo ${#s}
