"""Following a process through the system calls that change a file, and killing it right before one of them. Linux only.

Whatever a killed process leaves on a disk is what stood between two of its changes: killed once before each of them, it has left all that
it ever can. A filter in the kernel stops the process at these calls only; ptrace tells of each stop. The process's threads are followed with it:
the filter holds for them too, and the kernel refuses (ENOSYS) what nobody follows.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct

# The calls that may change a file or a folder, by the machine's numbers. Opening may make a file; fsync and fcntl change none.
_CALLS = {
    "x86_64": (0xC000003E, "open 2 write 1 pwrite64 18 writev 20 pwritev 296 pwritev2 328 sendfile 40 copy_file_range 326 ftruncate 77 truncate 76"
               " fallocate 285 rename 82 renameat 264 renameat2 316 link 86 linkat 265 symlink 88 symlinkat 266 unlink 87 unlinkat 263"
               " mkdir 83 mkdirat 258 rmdir 84 creat 85 chmod 90 fchmod 91 fchmodat 268 openat 257"),
    "aarch64": (0xC00000B7, "write 64 pwrite64 68 writev 66 pwritev 70 pwritev2 287 sendfile 71 copy_file_range 285 ftruncate 46 truncate 45"
                " fallocate 47 renameat 38 renameat2 276 linkat 37 symlinkat 36 unlinkat 35 mkdirat 34 fchmod 52 fchmodat 53 openat 56"),
}  # fmt: skip
_OPENING = {"x86_64": {257: 2, 2: 1}, "aarch64": {56: 2}}  # number -> which argument holds the flags
_TRACEME, _CONT, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 7, 0x4200, 0x420E
_TRACE_FILTERED, _TRACE_THREADS, _EXIT_WITH_TRACER, _STOPPED_AT_FILTER = 0x80, 0x08, 0x100000, 7
_ANY, _THREADS_TOO = -1, 0x40000000  # who is waited for
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


_libc = ctypes.CDLL(None, use_errno=True)


def followed() -> bool:
    """In a new process: asks to be followed by its parent, and waits until it is. False where the system allows none of it."""
    code = _filter()
    program = _Program(len(code) // 8, code)
    if _ptrace(_TRACEME, 0) or _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    os.kill(os.getpid(), signal.SIGSTOP)
    return not _libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


def follow(pid: int, kill_before: int | None) -> tuple[int, int]:
    """The parent's side: how the process ended, as ``waitpid`` tells it, and how many changes it was about to make.

    It is killed before change number ``kill_before``, from 1 on.
    """
    changes, _ = 0, os.waitpid(pid, 0)
    _ptrace(_SETOPTIONS, pid, data=_TRACE_FILTERED | _TRACE_THREADS | _EXIT_WITH_TRACER)
    _ptrace(_CONT, pid)
    known = {pid}
    while True:
        task, status = os.waitpid(_ANY, _THREADS_TOO)
        if not os.WIFSTOPPED(status):
            if task == pid:  # the process itself ends after all of its threads
                return status, changes
            known.discard(task)
            continue
        begins = task not in known  # a thread begins with a stop of its own, which is no signal to it
        known.add(task)
        if status >> 16 == _STOPPED_AT_FILTER and _changes_a_file(task):
            changes += 1
            if changes == kill_before:
                os.kill(pid, signal.SIGKILL)
                continue
        _ptrace(_CONT, task, data=0 if begins or os.WSTOPSIG(status) == signal.SIGTRAP else os.WSTOPSIG(status))


def _changes_a_file(pid: int) -> bool:
    """Whether the call that the process is stopped at changes a file: opening one does if it may make it."""
    info = ctypes.create_string_buffer(88)
    _ptrace(_GET_SYSCALL_INFO, pid, address=88, data=ctypes.addressof(info))
    number, *arguments = struct.unpack_from("=7Q", info.raw, 24)
    flags = _OPENING[platform.machine()].get(number)
    return flags is None or bool(arguments[flags] & (os.O_CREAT | os.O_TRUNC))


def _filter() -> bytes:
    """The kernel's filter: stop at these calls, let all others through."""
    machine, named = _CALLS[platform.machine()]
    numbers = [int(number) for number in named.split()[1::2]]
    steps = [(0x20, 0, 0, 4), (0x15, 0, len(numbers) + 1, machine), (0x20, 0, 0, 0)]
    steps += [(0x15, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    steps += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _TRACE)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _ptrace(request: int, pid: int, address: int = 0, data: int = 0) -> int:
    return int(_libc.ptrace(ctypes.c_long(request), ctypes.c_long(pid), ctypes.c_void_p(address), ctypes.c_void_p(data)))
