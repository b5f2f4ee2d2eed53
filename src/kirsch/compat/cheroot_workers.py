"""`cheroot.workers`: see cheroot_threadpool.py."""
