"""``botox completion``: the few lines that teach a shell to ask this program for the words that fit. See ``cli/completing.py``.

Conventions. The scripts run the program once a key press and read its answer line by line; no line of it is ever evaluated.
"""

from __future__ import annotations

from enum import StrEnum

import typer

from botoxcli.cli.app import new_app

app = new_app()

_ASK = "_BOTOX_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args"

BASH = """# Completion of `botox` for bash.
_botox() {
    local line=${COMP_LINE:0:COMP_POINT} word help cur left
    COMPREPLY=()
    cur=${line##*[[:space:]]}
    left=$cur
    case $cur in --*=*) left=${cur#*=} ;; esac
    left=${left%"${left##*=}"}
    while IFS=$'\\t' read -r word help; do
        if [ "$word" = ":files" ]; then
            compopt -o filenames 2> /dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${cur##*=}")
        elif [ -n "$word" ]; then
            COMPREPLY+=("${word#"$left"}")
        fi
    done < <(ASKING _TYPER_COMPLETE_ARGS=$line "${1/#\\~/$HOME}" 2> /dev/null)
    case ${#COMPREPLY[@]}:${COMPREPLY[0]-} in 1:*=) compopt -o nospace 2> /dev/null ;; esac
    return 0
}
complete -o nosort -F _botox botox 2> /dev/null || complete -F _botox botox
"""

ZSH = """#compdef botox
# Completion of `botox` for zsh.
_botox() {
    local line="${(j: :)words[1,CURRENT-1]} $PREFIX" word help files
    local -a plain open
    while IFS=$'\\t' read -r word help; do
        case $word in
            :files) files=1 ;;
            *=) open+=("$word") ;;
            ?*) plain+=("$word${help:+:$help}") ;;
        esac
    done < <(ASKING _TYPER_COMPLETE_ARGS="$line" "${(Q)words[1]/#\\~/$HOME}" 2> /dev/null)
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    (( $#plain )) && _describe -V botox plain
    (( $#open )) && compadd -V botox -S '' -a open
    [[ -n $files ]] && _files
    return 0
}
if [[ $funcstack[1] == _botox ]]; then _botox "$@"; else compdef _botox botox; fi
"""

FISH = """# Completion of `botox` for fish.
function __botox_words
    set -l token (commandline -ct)
    set -l option (string match -r -- '^--[a-z-]+=' "$token")
    for item in (env ASKING _TYPER_COMPLETE_ARGS=(commandline -cp | string collect) botox 2> /dev/null)
        if test "$item" = :files
            __fish_complete_path (string replace -r -- '^--[a-z-]+=' '' "$token")
        else
            printf '%s%s\\n' "$option" "$item"
        end
    end
end
complete --command botox --no-files --arguments '(__botox_words)'
"""


class Shell(StrEnum):
    """The shells that are known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


SCRIPTS = {shell: script.replace("ASKING", _ASK) for shell, script in ((Shell.BASH, BASH), (Shell.ZSH, ZSH), (Shell.FISH, FISH))}


@app.command()
def completion(shell: Shell = typer.Argument(metavar="SHELL", help="bash, zsh or fish.")) -> None:
    """Words for Tab in bash, zsh and fish: codes, lots, visits, protocols, sites; never names. Put it into the shell's own folder.

    Example: botox completion bash

    bash: botox completion bash > ~/.local/share/bash-completion/completions/botox
    zsh: botox completion zsh > ~/.zfunc/_botox, with fpath+=~/.zfunc before compinit in ~/.zshrc
    fish: botox completion fish > ~/.config/fish/completions/botox.fish
    """
    typer.echo(SCRIPTS[shell], nl=False)
