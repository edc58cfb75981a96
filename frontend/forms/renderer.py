from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms are drawn by the site's own templates: label, help and error of a field are tied together for screen readers."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
