# A large here-document for a program.
# run: $INPUT/here_document_N
# sizes: 1000000 10000000 100000000
