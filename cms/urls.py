from django.urls import path

from cms import views

app_name = "cms"
urlpatterns = [path("face/<str:colours>.<str:kind>", views.coloured, name="coloured")]
