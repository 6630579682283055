# ${s//a/b} in a long string.
# sizes: 5000 10000 100000 1000000
# reference: 10000
# expect: 2N
n=$1
printf -v s '%*s' $n ''
s=${s// /ab}
s=${s//a/xy}
s=${s//xy/c}
echo ${#s}
