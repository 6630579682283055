# Starting and ending: `-c :`.
# run: -c :
# repeat: 100
