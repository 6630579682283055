# external programs
for ((i = 0; i < 300; i++)); do /bin/true; done
echo done
