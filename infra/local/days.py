"""How the invented person's days really went: each one logged to the minute, some way off its plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from infra.local.habits import OFFICE_DAYS, WORKDAYS, Intent, chance, intents_of, wake_minute

_WORK = (
    "設計書を書く",
    "Review pull requests",
    "不具合の調査",
    "Refactor sync module",
    "見積もり",
    "図面の修正",
    "API design",
)
_WRITING = ("Write chapter 3", "論文の改稿", "図表の作成", "Outline", "参考文献の整理")
_STUDY = ("日本史の講義", "English grammar", "統計の問題集", "単語カード", "Listening practice")
_BOOKS = ("小説", "論文を読む", "Design of everyday things", "新書")
_LEISURE = ("ニュース", "動画", "ゲーム", "Podcast", "音楽", "漫画")
_FAMILY = ("子どもと遊ぶ", "家族と話す", "宿題を見る", "お風呂と寝かしつけ")
_CHORES = ("洗濯", "掃除", "皿洗い", "買い物", "ゴミ出し", "アイロンがけ")
_SPORT = ("Run 5 km", "筋トレ", "水泳", "ストレッチ")
_TITLES = {
    "仕事": _WORK,
    "執筆": _WRITING,
    "学習": _STUDY,
    "読書": _BOOKS,
    "余暇": _LEISURE,
    "家族": _FAMILY,
    "家事": _CHORES,
    "運動": _SPORT,
}
_DEEP = ("仕事", "執筆")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Draft:
    """An entry in minutes from its day's local midnight; `deleted_after_seconds` counts from its stop."""

    start: int
    stop: int
    project: str | None
    description: str | None
    tag: str | None = None
    deleted_after_seconds: int | None = None
    edited_in_the_evening: bool = False


class Diary:
    """A day's entries in the order in which they are logged; `minute` is how far the day has come."""

    def __init__(self, roll: Random, minute: int) -> None:
        self.roll = roll
        self.minute = minute
        self.drafts: list[Draft] = []

    def maybe(self, probability: float) -> bool:
        """Whether something happens this time."""
        return self.roll.random() < probability

    def log(self, project: str | None, description: str | None, shortest: int, longest: int) -> None:
        """Do something for a while."""
        length = self.roll.randint(shortest, longest)
        tag = "集中" if project in _DEEP and length > 35 else None
        late_edit = self.maybe(0.04)
        self.drafts.append(
            Draft(self.minute, self.minute + length, project, description, tag, edited_in_the_evening=late_edit)
        )
        self.minute += length

    def do(self, project: str, shortest: int, longest: int) -> None:
        """Do one of the usual things of a project."""
        self.log(project, self.roll.choice(_TITLES[project]), shortest, longest)

    def pause(self, shortest: int, longest: int) -> None:
        """Let some time go by unlogged."""
        self.minute += self.roll.randint(shortest, longest)

    def inside(self, project: str | None, description: str) -> None:
        """A shorter thing in the middle of the last one, whose timer runs on."""
        last = self.drafts[-1]
        length = last.stop - last.start
        if length >= 20:
            start = last.start + self.roll.randint(4, length // 2)
            stop = start + self.roll.randint(4, max(5, length // 3))
            self.drafts.append(Draft(start, min(stop, last.stop - 2), project, description, "Phone"))

    def beside(self, project: str, description: str) -> None:
        """A thing begun during the last one and ended a little into the next."""
        last = self.drafts[-1]
        start = last.start + self.roll.randint(3, max(4, (last.stop - last.start) // 2))
        self.drafts.append(Draft(start, last.stop + self.roll.randint(2, 8), project, description, "外出"))

    def mistake(self) -> None:
        """A timer started by accident and deleted soon after."""
        start = self.minute
        self.drafts.append(
            Draft(start, start + self.roll.randint(1, 3), None, "間違い", None, self.roll.randint(20, 240))
        )

    def fill(self, minute: int, projects: tuple[str, ...]) -> None:
        """Do this and that, with gaps between, until about this minute."""
        while self.minute < minute - 8:
            if self.maybe(0.22):
                self.pause(5, max(5, min(45, minute - self.minute)))
            else:
                longest = max(8, min(50, minute - self.minute))
                self.do(self.roll.choice(projects), min(16, longest), longest)

    def meet_and_work(self, meetings: list[Intent], end: int, project_at: Callable[[int], str]) -> None:
        """Work on what `project_at` says for a minute until `end`, and go to the meetings on the way."""
        for meeting in meetings:
            if meeting.at_minute < end - 10:
                self._work_until(meeting.at_minute + self.roll.randint(-2, 8), project_at)
                self.log("会議", meeting.title, round(meeting.minutes * 0.85), round(meeting.minutes * 1.35))
        self._work_until(end, project_at)

    def _work_until(self, minute: int, project_at: Callable[[int], str]) -> None:
        while self.minute < minute - 6:
            longest = max(6, min(62, minute - self.minute))
            self.do(project_at(self.minute), min(28, longest), longest)
            draw = self.roll.random()
            if draw < 0.14:
                self.inside("メール", self.roll.choice(("電話", "Slack", "急ぎの返信")))
            elif draw < 0.22:
                self.inside("余暇", "休憩")
            elif draw < 0.28:
                # Added by hand afterwards, with the start of the stretch that it was a part of.
                start = self.drafts[-1].start
                self.drafts.append(Draft(start, start + self.roll.randint(4, 6), "メール", "返信"))
            if self.minute < minute - 20:
                self._rest()

    def _rest(self) -> None:
        draw = self.roll.random()
        if draw < 0.3:
            self.log(None, self.roll.choice(("休憩", "コーヒー", "Coffee")), 4, 11)
        elif draw < 0.6:
            self.pause(3, 11)


def day_as_lived(seed: int, day: date) -> list[Draft]:
    """All that was logged from getting up on `day` until getting up on the next, as drafts of `day`."""
    diary = Diary(chance(seed, day, "actual"), wake_minute(seed, day))
    plan = {intent.key: intent for intent in intents_of(seed, day)}
    _morning(diary)
    if day.weekday() in WORKDAYS:
        _workday(diary, plan, office=day.weekday() in OFFICE_DAYS)
    else:
        _free_day(diary, plan)
    _evening(diary, plan)
    _night(diary, plan, wake_minute(seed, day + timedelta(days=1)) + _DAY_MINUTES)
    if diary.maybe(0.3):
        diary.mistake()
    if day.day == 5:
        # The old site still gets its monthly copy, although its project is archived.
        diary.drafts.append(Draft(21 * 60 + 5, 21 * 60 + 20, "旧サイト運用", "月次バックアップ"))
    return diary.drafts


def _morning(diary: Diary) -> None:
    diary.log(None, "身支度", 14, 26)
    diary.log("食事", diary.roll.choice(("朝食", "Breakfast")), 14, 27)
    if diary.maybe(0.35):
        diary.inside("余暇", "ニュース")
    if diary.maybe(0.6):
        diary.do("家事", 6, 16)


def _workday(diary: Diary, plan: dict[str, Intent], *, office: bool) -> None:
    deep = [intent for intent in plan.values() if intent.key.startswith("work")]
    # Whoever begins with another thing than planned stays with it for a whole stretch of the day.
    swapped = {intent.key for intent in deep if diary.maybe(0.14)}

    def project_at(minute: int) -> str:
        begun = [intent for intent in deep if intent.at_minute <= minute + 45]
        intent = begun[-1] if begun else deep[0]
        return _DEEP[_DEEP.index(intent.project) - (intent.key in swapped)]

    if office:
        diary.pause(0, 8)
        diary.log("移動", diary.roll.choice(("通勤", "電車")), 38, 55)
        if diary.maybe(0.5):
            diary.beside("読書", diary.roll.choice(_BOOKS))
    else:
        diary.do("余暇", 10, 25)
        diary.pause(5, 30)
    diary.log("メール", "受信箱", 18, 42)
    meetings = [intent for intent in plan.values() if intent.project == "会議"]
    lunch_at = plan["lunch"].at_minute + diary.roll.randint(-12, 30)
    diary.meet_and_work([meeting for meeting in meetings if meeting.at_minute < lunch_at], lunch_at, project_at)
    diary.log("食事", diary.roll.choice(("昼食", "Lunch", "お弁当")), 28, 48)
    if diary.maybe(0.4):
        diary.log("運動", "散歩", 10, 20)
    else:
        diary.pause(4, 22)
    home_at = 17 * 60 + 20 + round(diary.roll.gauss(10, 26))
    diary.meet_and_work([meeting for meeting in meetings if meeting.at_minute >= lunch_at], home_at, project_at)
    if diary.maybe(0.6):
        diary.log("メール", "Reply to clients", 8, 25)
    if office:
        diary.log("移動", "帰宅", 38, 58)
        if diary.maybe(0.4):
            diary.inside("余暇", "Podcast")
    else:
        diary.pause(8, 35)


def _free_day(diary: Diary, plan: dict[str, Intent]) -> None:
    diary.pause(5, 25)
    if "gym" in plan and diary.maybe(0.7):
        diary.log("移動", "自転車", 8, 14)
        diary.do("運動", 45, 75)
        diary.log("移動", "自転車", 8, 14)
    for _ in range(3):
        diary.do("家事", 15, 34)
    diary.log(None, "コーヒー", 6, 15)
    diary.fill(plan["lunch"].at_minute - 10, ("執筆", "読書", "余暇"))
    diary.log("食事", "昼食", 25, 45)
    diary.log("家事", "皿洗い", 8, 15)
    diary.pause(5, 45)
    if "outing" in plan:
        diary.log("移動", "電車", 15, 30)
        diary.log("家族", diary.roll.choice(("公園", "動物園", "実家", "Museum")), 55, 90)
        diary.inside("余暇", "写真")
        diary.do("家族", 25, 45)
        diary.log("移動", "電車", 15, 30)
    else:
        for _ in range(3):
            diary.do("余暇", 25, 50)
    if diary.maybe(0.4):
        diary.log("睡眠", "昼寝", 20, 45)
    study = plan.get("weekend-study")
    if study is not None and diary.maybe(0.7):
        diary.fill(study.at_minute - 10, ("家族", "余暇"))
        diary.do("学習", 25, 40)
        diary.log(None, "休憩", 4, 9)
        diary.do("学習", 15, 30)
    diary.log("家事", "買い物", 18, 38)
    diary.fill(plan["dinner"].at_minute - 60, ("家族", "余暇", "読書"))
    diary.log("家事", "料理", 22, 42)


def _evening(diary: Diary, plan: dict[str, Intent]) -> None:
    if "run" in plan and diary.maybe(0.65):
        diary.do("運動", 24, 46)
    if diary.maybe(0.35):
        diary.log("家事", "買い物", 10, 24)
    if diary.minute < plan["dinner"].at_minute - 20:
        diary.fill(plan["dinner"].at_minute - 10, ("家族", "余暇"))
    diary.log("食事", diary.roll.choice(("夕食", "Dinner")), 28, 50)
    diary.log("家事", "皿洗い", 8, 18)
    friends = plan.get("friends")
    if friends is not None and diary.maybe(0.8):
        diary.fill(friends.at_minute, ("余暇",))
        diary.log("家族", friends.title, 80, 120)
    study = plan.get("study") or plan.get("lesson")
    if study is not None and diary.maybe(0.75):
        diary.fill(study.at_minute - 10, ("家族", "余暇"))
        title = study.title if study.key == "lesson" else diary.roll.choice(_STUDY)
        diary.log("学習", title, round(study.minutes * 0.6), round(study.minutes * 1.2))
        if diary.maybe(0.3):
            diary.inside("家族", "電話")


def _night(diary: Diary, plan: dict[str, Intent], wake: int) -> None:
    planned = next(intent for key, intent in plan.items() if key.endswith("sleep")).at_minute
    bed = planned + max(-45, min(80, round(diary.roll.gauss(8, 28))))
    if "friday-night" in plan:
        diary.fill(plan["friday-night"].at_minute - 5, ("家族",))
        diary.log("余暇", "映画", 60, 115)
    diary.log(None, "風呂", 15, 28)
    if "reading" in plan and diary.maybe(0.7):
        diary.fill(plan["reading"].at_minute - 10, ("家族", "余暇"))
        diary.do("読書", 20, 48)
    diary.fill(bed - 5, ("家族", "余暇", "読書", "余暇"))
    diary.minute = max(diary.minute, bed)
    diary.drafts.append(Draft(diary.minute, wake, "睡眠", None))
