"""Uppzy's conversations: questions answered at once or later, ratings, and the end of a session."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.uppzy.answers import write_answer
from pytest_golive.sandbox.uppzy.paging import page_of
from pytest_golive.sandbox.uppzy.state import Question, Session, Site, State, Tenant, new_id

FAILS = "(fail)"
"""An async question whose message contains this ends as failed."""


class Chat:
    """Operations on the conversations of a site.

    Attributes:
        think_seconds: how long sync chat takes.
        async_seconds: how long an async question takes; it is pending for the first third of that.
    """

    def __init__(self, state: State, think_seconds: float, async_seconds: float) -> None:
        self._state = state
        self.think_seconds = think_seconds
        self.async_seconds = async_seconds

    def chat(self, call: Call[Tenant]) -> dict[str, Any]:
        """Answer a question while the caller waits."""
        seconds = self.think_seconds
        question = self._ask(call, seconds)
        time.sleep(seconds)
        with self._state.lock:
            outcome = self._outcome(self._site(call), question)
        return {"session_id": question.session_id, "request_id": question.id, **outcome}

    def chat_async(self, call: Call[Tenant]) -> dict[str, Any]:
        """Take a question to be answered later."""
        question = self._ask(call, self.async_seconds, may_fail=True)
        return {"session_id": question.session_id, "request_id": question.id, "status": "pending"}

    def get_chat_request(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return how far a question is."""
        with self._state.lock:
            site = self._site(call)
            question = _question(site, call.path["request_id"])
            status = _status(question)
            told = {"session_id": question.session_id, "request_id": question.id, "status": status}
            if status == "completed":
                told |= self._outcome(site, question)
            elif status == "failed":
                told["error"] = "no answer could be written"
            return told

    def send_feedback(self, call: Call[Tenant]) -> dict[str, Any]:
        """Rate a finished answer; the first rating stays."""
        with self._state.lock:
            question = _question(self._site(call), call.body["request_id"])
            if question.session_id != call.body["session_id"]:
                raise Refusal(404, "request not found")
            if _status(question) != "completed":
                raise Refusal(409, "request is not completed")
            told = {"status": "ok", "request_id": question.id, "feedback": question.feedback}
            if question.feedback is None:
                question.feedback = told["feedback"] = call.body["feedback"]
                told["feedback_submitted_at"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return told

    def close_session(self, call: Call[Tenant]) -> dict[str, Any]:
        """Close a conversation, be it open or closed."""
        with self._state.lock:
            session = self._site(call).sessions.get(call.body["session_id"])
            if session is None:
                raise Refusal(404, "session not found")
            session.status = "closed"
        return {"status": "ok"}

    def list_sessions(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the conversations, oldest first."""
        status, email = call.query.get("status"), call.query.get("email")
        with self._state.lock:
            found = [
                {"session_id": one.id, "status": one.status}
                for one in self._site(call).sessions.values()
                if status in {None, one.status} and email in {None, one.email}
            ]
        return {"items": page_of(found, call.query)}

    def _ask(self, call: Call[Tenant], seconds: float, *, may_fail: bool = False) -> Question:
        """Write a question down, in a session that may be new; a closed one takes no more."""
        session_id, email = call.body["session_id"], call.body.get("email")
        now = time.monotonic()
        question = Question(
            id=new_id("req"),
            session_id=session_id,
            message=call.body["message"],
            email=email,
            started_at=now + seconds / 3,
            done_at=now + seconds,
            fails=may_fail and FAILS in call.body["message"],
        )
        with self._state.lock:
            site = self._site(call)
            session = site.sessions.setdefault(session_id, Session(session_id, email=email))
            if session.status == "closed":
                raise Refusal(409, "session is closed")
            session.email = session.email or email
            site.questions[question.id] = question
        return question

    def _outcome(self, site: Site, question: Question) -> dict[str, Any]:
        """Write the answer on the first look; from then on it is the same."""
        if question.outcome is None:
            written = write_answer(question.message, site.documents.values())
            question.outcome = {
                "answer": written.text,
                "confidence_level": written.level,
                "confidence_score": written.score,
            }
        return question.outcome

    def _site(self, call: Call[Tenant]) -> Site:
        return self._state.sites[call.path["site_id"]]


def _question(site: Site, request_id: str) -> Question:
    question = site.questions.get(request_id)
    if question is None:
        raise Refusal(404, "request not found")
    return question


def _status(question: Question) -> str:
    now = time.monotonic()
    if now < question.started_at:
        return "pending"
    if now < question.done_at:
        return "processing"
    return "failed" if question.fails else "completed"
