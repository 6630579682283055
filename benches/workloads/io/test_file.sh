# Tests of files.
i=0 n=0
while [ $i -lt 8000 ]; do
    [ -e /etc/passwd ] && n=$((n + 1))
    [ -d /usr/bin ] && n=$((n + 1))
    [ -f "$INPUT/lines" ] && [ -r "$INPUT/lines" ] && n=$((n + 1))
    [ -e /no/such/file ] || n=$((n + 1))
    i=$((i + 1))
done
echo $n
