from pillarwatch.framework import best_practices
from review.themes import theme_of, themes


def test_every_question_of_the_framework_belongs_to_one_theme() -> None:
    listed = [question for theme in themes().values() for question in theme.questions]
    assert sorted(listed) == sorted({practice.question_id for practice in best_practices().values()})
    assert {theme_of(practice).id for practice in best_practices()} == themes().keys()
