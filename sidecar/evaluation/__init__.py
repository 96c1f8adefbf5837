"""How good the coach is on labelled calls: calls with labels flow in, figures with intervals flow out.

sources ──Case──▶ performing (the coach, on every core) ──CaseScore──▶ figures ──Report──▶ table, page, JSON
                                                            └─▶ changes (one pack against another)
"""
