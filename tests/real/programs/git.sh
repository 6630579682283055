# git's own shell scripts: in git's directory of programs they start with #!/bin/sh, which is the shell under test.
about() { echo "git filter-branch, merge -s octopus/resolve, submodule, request-pull, mergetool, quiltimport, instaweb, \`__git_ps1\`"; }
prepare() { apt-get -qq install -y git; }
run() {
    PATH=/usr/bin:/bin:/usr/sbin
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
    export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' FILTER_BRANCH_SQUELCH_WARNING=1
    git init -q -b main project && cd project || return
    for i in 1 2 3 4; do echo "$i" >"file$i"; git add . && git commit -qm "commit $i"; done
    for b in one two three; do git checkout -q -b "$b" main && echo "$b" >"$b" && git add . && git commit -qm "$b"; done
    git checkout -q main && git merge -s octopus -m octopus one two three && git log --oneline --graph
    git checkout -q -b conflict main~1 && echo other >file1 && git commit -qam other && git checkout -q main && echo mine >file1 && git commit -qam mine
    git merge -s resolve conflict; git status --short; git mergetool --tool-help | head -n 40; git merge --abort
    git filter-branch --tree-filter 'rm -f file2' --msg-filter 'cat; echo filtered' --env-filter 'GIT_AUTHOR_NAME=b' HEAD
    git filter-branch -f --subdirectory-filter nothing HEAD
    git filter-branch -f --index-filter 'git rm -q --cached --ignore-unmatch file3' --prune-empty -- --all
    git log --format='%h %an %s' --all
    git init -q ../sub && (cd ../sub && echo s >s && git add . && git commit -qm s)
    git -c protocol.file.allow=always submodule add ../sub sub; git submodule status; git submodule foreach 'echo $name $sm_path; pwd | sed "s:.*/::"'
    git submodule summary; git submodule deinit -f sub; git submodule nonsense; git submodule -h
    git request-pull main~1 . main | head -n 30
    mkdir ../patches && git format-patch -q -1 -o ../patches && ls ../patches >../patches/series; git quiltimport --patches ../patches --dry-run
    git web--browse --tool=nothing x; git instaweb --stop; git merge-octopus; git merge-one-file; git bisect start HEAD HEAD~2; git bisect run true
    . /usr/lib/git-core/git-sh-prompt
    GIT_PS1_SHOWDIRTYSTATE=1 GIT_PS1_SHOWUNTRACKEDFILES=1 GIT_PS1_SHOWUPSTREAM=verbose
    echo new >new; __git_ps1 '(%s)'; git checkout -q --detach; __git_ps1 '[%s]'
}
normalize() { sed -E "s/\([0-9]+ seconds passed.*\)//g; s/git-[a-z]*\.[A-Za-z0-9]{6}//g"; }
