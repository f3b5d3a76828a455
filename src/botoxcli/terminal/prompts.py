"""A protocol's questions, asked one by one; each answer is handed over to be saved before the next is asked.

Enter keeps what stands in brackets: the question's default, or the answer given so far. Where ``no_default`` is set (the safety
questions) nothing ever stands there and Enter alone is no answer, not even on the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from botoxcli.clinic.answers import allowed, read_answer, short_range
from botoxcli.clinic.protocol import Question
from botoxcli.clinic.question_rules import answers as answer_words
from botoxcli.errors import ValueRefused
from botoxcli.terminal.keys import BACK, HELP, interrupted_says, plain_number, say, screen, typed

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = "    "

Save = Callable[[dict[str, str]], None]


def ask_questions(
    questions: Sequence[Question],
    answered: Mapping[str, str],
    *,
    save: Save,
    heading: Callable[[Question], str] | None = None,
    no_default: bool = False,
    again: bool = False,
    saved: str = "",
) -> dict[str, str]:
    """All answers: those of ``answered``, and the person's to every question that was not among them.

    ``save`` gets all answers after each one that is new or changed. ``heading`` names a question's group; without it a criterion's
    own group is named. With ``again`` every question can be corrected, the last one first.
    Raises Interrupted, with ``saved`` as its next step, on Ctrl-C and at the end of the input.
    """
    with interrupted_says(saved):
        return _Asking(screen(), questions, answered, save, heading or _group, no_default, again).through()


def _group(question: Question) -> str:
    return str(getattr(question, "group", ""))


class _Asking:
    """One run through the questions that are open: the answers so far, and the question on the screen."""

    def __init__(
        self,
        console: Console,
        questions: Sequence[Question],
        answered: Mapping[str, str],
        save: Save,
        heading: Callable[[Question], str],
        no_default: bool,
        again: bool,
    ) -> None:
        self.console = console
        self.numbers = {question.id: number for number, question in enumerate(questions, start=1)}
        self.open = [question for question in questions if again or question.id not in answered]
        self.answers = dict(answered)
        self.save = save
        self.heading = heading
        self.no_default = no_default
        self.place = max(len(self.open) - 1, 0) if again else 0

    def through(self) -> dict[str, str]:
        self._introduce()
        group = ""
        while self.place < len(self.open):
            question = self.open[self.place]
            if (now := self.heading(question)) != group:
                group = now
                self.console.print()
                say(self.console, group.upper(), "bold")
            self._show(question)
            while not self._take(question, typed(self.console, self._prompt(question))):
                pass
        return self.answers

    def _introduce(self) -> None:
        if not self.open:
            return
        if answered := len(self.numbers) - len(self.open):
            say(self.console, f"{answered} of {len(self.numbers)} questions are answered already.")
        keeps = "Enter alone answers nothing" if self.no_default else "Enter keeps what stands in [ ]"
        say(self.console, f"{keeps}, u is unknown, ? explains, < goes back.")

    def _show(self, question: Question) -> None:
        """The question, why it is asked, and on the way back what was answered."""
        self.console.print()
        say(self.console, question.ask, "bold", front=f"{self.numbers[question.id]}/{len(self.numbers)} ")
        say(self.console, question.why, "dim", front=_INDENT)
        if self.no_default and question.id in self.answers:
            say(self.console, f"Answered so far: {self.answers[question.id]}. Type the answer again.", front=_INDENT)

    def _prompt(self, question: Question) -> str:
        unit = f"{question.unit}, " if question.unit else ""
        kept = self._kept(question)
        return f"{_INDENT}{unit}{short_range(question)}{f' [{kept}]' if kept is not None else ''} > "

    def _kept(self, question: Question) -> str | None:
        """What Enter alone would answer."""
        return None if self.no_default else self.answers.get(question.id, question.default)

    def _take(self, question: Question, line: str) -> bool:
        """Whether the question is done with: it was answered, or the way back was taken. What cannot be read is refused with what can be answered."""
        word = line.lower()
        if word in HELP:
            self._explain(question)
            return False
        if word in BACK:
            return self._back()
        kept = self._kept(question)
        if not line and kept is None:
            say(self.console, f"Enter alone is no answer here. The answer is {allowed(question)}.", front=_INDENT)
            return False
        try:
            answer = read_answer(question, _recognised(question, word) if line else kept, where="The answer")
        except ValueRefused as refused:
            say(self.console, refused.sentence.replace(": ", " ", 1), front=_INDENT)
            return False
        self._record(question, answer)
        return True

    def _record(self, question: Question, answer: str) -> None:
        if self.answers.get(question.id) != answer:
            self.answers[question.id] = answer
            self.save(dict(self.answers))
        self.place += 1
        while self.no_default and self.place < len(self.open) and self.open[self.place].id in self.answers:
            self.place += 1

    def _back(self) -> bool:
        if self.place == 0:
            say(self.console, "This is the first question.", front=_INDENT)
            return False
        self.place -= 1
        return True

    def _explain(self, question: Question) -> None:
        evidence = f" Evidence: {question.evidence}." if question.evidence else ""
        say(self.console, f"Why: {question.why}", front=_INDENT)
        say(self.console, f"Source: {question.source}.{evidence}", front=_INDENT)
        say(self.console, f"Answer: {allowed(question)}. Unknown counts as unknown, never as no.", front=_INDENT)


def _recognised(question: Question, word: str) -> str:
    """A word's beginning stands for it where it fits one answer only: ``mod`` for ``moderate``. A decimal comma is a point."""
    fits = [answer for answer in answer_words(question) if answer.startswith(word)]
    return fits[0] if len(fits) == 1 else plain_number(word)
