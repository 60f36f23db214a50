from cms.models.face import Face, FaceText
from cms.models.pages import (
    EditorialPage,
    EditorialText,
    HomePage,
    HomePageText,
    StandardPage,
    StandardPageText,
    languages,
)

__all__ = [
    "EditorialPage",
    "EditorialText",
    "Face",
    "FaceText",
    "HomePage",
    "HomePageText",
    "StandardPage",
    "StandardPageText",
    "languages",
]
