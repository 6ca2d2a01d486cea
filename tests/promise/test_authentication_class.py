from django.contrib.auth import get_user_model

from jwt_invalidation.authentication import JWTAuthentication


def test_it_knows_the_user_model_as_simplejwts_own_class_does():
    assert JWTAuthentication().user_model is get_user_model()
