# ( ) that change what nobody else shall see.
directory=/ i=0
while [ $i -lt 400 ]; do
    (cd /usr && directory=/usr && i=0)
    (exit 3) || status=$?
    i=$((i + 1))
done
echo $directory $i $status
