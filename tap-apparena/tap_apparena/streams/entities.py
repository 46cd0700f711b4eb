"""The fields of what the API knows: apps, templates, projects, and what belongs to them.

Dates and times are those of a zone that is not documented, without an offset, and stay as they are.
Source: the API's documentation, chapters "Apps", "Templates", "Projects" and "Companies".
"""

from __future__ import annotations

from tap_apparena.fields import BOOLEAN, INTEGER, MOMENT, OBJECT, TEXT, Field

Fields = dict[str, Field]

AUDIT: Fields = {
    "created": Field(MOMENT),
    "updated": Field(MOMENT),
    "deletedAt": Field(MOMENT, "When it was deleted; null as long as it is not."),
    "createdFromIp": Field(TEXT),
    "updatedFromIp": Field(TEXT),
    "createdBy": Field(TEXT, "The name of a user, or an API key's id."),
    "updatedBy": Field(TEXT, "The name of a user, or an API key's id."),
}
REVISION: Fields = {
    "revision": Field(INTEGER, "From 0; each change makes the next one."),
    "created": Field(MOMENT),
    "deletedAt": Field(MOMENT, "When it was deleted; null as long as it is not."),
    "createdFromIp": Field(TEXT),
    "createdBy": Field(TEXT, "The name of a user, or an API key's id."),
}
LEVEL: Fields = {
    "appId": Field(INTEGER, "Set if the row is stored on an app."),
    "templateId": Field(INTEGER, "Set if the row comes from a template."),
    "projectId": Field(INTEGER, "Set if the row comes from a version of this project."),
    "version": Field(TEXT, "Set if the row comes from this version of the project."),
}

APP: Fields = {
    "appId": Field(INTEGER),
    "name": Field(TEXT),
    "lang": Field(TEXT, "The locale of its contents unless another is asked for."),
    "activated": Field(BOOLEAN),
    "expiryDate": Field(MOMENT, "When its licence ends."),
    "companyId": Field(INTEGER, "The owner."),
    "templateId": Field(INTEGER, "What it inherits from."),
    "startDate": Field(MOMENT, is_documented=False),
    **AUDIT,
}
TEMPLATE: Fields = {
    "templateId": Field(INTEGER),
    "name": Field(TEXT),
    "lang": Field(TEXT, "The locale of its contents unless another is asked for."),
    "parentId": Field(
        INTEGER, "The template it inherits from; its own id if that is the project's version."
    ),
    "projectId": Field(INTEGER),
    "version": Field(TEXT, "The version of the project."),
    "versionId": Field(INTEGER, "Given by some answers in place of project and version."),
    "companyId": Field(INTEGER, "The owner."),
    "public": Field(BOOLEAN, "Whether other companies may use it."),
    **AUDIT,
}
PROJECT: Fields = {
    "projectId": Field(INTEGER),
    "name": Field(TEXT),
    "description": Field(TEXT),
    "companyId": Field(INTEGER, "The owner."),
    **AUDIT,
}
VERSION: Fields = {
    "projectId": Field(INTEGER),
    "variant": Field(TEXT, "The number, such as 2.1.0, which other streams call version."),
    "name": Field(TEXT),
    "lang": Field(TEXT, "The locale of its contents unless another is asked for."),
    "public": Field(BOOLEAN),
    "companyId": Field(INTEGER, "The owner."),
    **AUDIT,
}
COMPANY: Fields = {
    "companyId": Field(INTEGER),
    "name": Field(TEXT),
    "subdomain": Field(TEXT),
    "address1": Field(TEXT),
    "address2": Field(TEXT),
    "zip": Field(TEXT),
    "city": Field(TEXT),
    "country": Field(TEXT, "Two letters."),
    "logo": Field(TEXT),
    "color1": Field(TEXT),
    "color2": Field(TEXT),
    "parentId": Field(INTEGER, "The company above."),
    "storeId": Field(INTEGER),
    **AUDIT,
}
USER: Fields = {
    "userId": Field(INTEGER),
    "companyId": Field(INTEGER),
    "username": Field(TEXT),
    "email": Field(TEXT),
    "gender": Field(TEXT),
    "firstName": Field(TEXT),
    "lastName": Field(TEXT),
    "displayname": Field(TEXT),
    "telephone": Field(TEXT),
    "avatar": Field(TEXT),
    "lang": Field(TEXT),
}
CHANNEL: Fields = {
    "channelId": Field(INTEGER),
    "companyId": Field(INTEGER),
    "type": Field(TEXT, "facebook, domain or website."),
    "name": Field(TEXT),
    "value": Field(TEXT, "A page's id, a domain, an address or a key."),
    "meta": Field(OBJECT),
    "priority": Field(INTEGER, is_documented=False),
    **AUDIT,
}
CONFIG: Fields = {
    "configId": Field(TEXT),
    "lang": Field(TEXT),
    "type": Field(TEXT, "input, color, css, image, select and others."),
    "name": Field(TEXT),
    "value": Field(TEXT, "A text; anything else as JSON."),
    "description": Field(TEXT),
    "meta": Field(OBJECT),
    **LEVEL,
    **REVISION,
    "approved": Field(BOOLEAN, is_documented=False),
    "compiler": Field(TEXT, is_documented=False),
}
INFO: Fields = {
    "infoId": Field(TEXT),
    "lang": Field(TEXT),
    "type": Field(TEXT),
    "name": Field(TEXT),
    "value": Field(TEXT, "A text; anything else as JSON."),
    "description": Field(TEXT),
    "meta": Field(OBJECT, "Its member type tells what the value really is."),
    **LEVEL,
    **REVISION,
}
TRANSLATION: Fields = {
    "translationId": Field(TEXT),
    "lang": Field(TEXT),
    "translation": Field(TEXT),
    "translated": Field(BOOLEAN),
    "translationPluralized": Field(TEXT),
    "pluralized": Field(BOOLEAN),
    **LEVEL,
    **REVISION,
}
LANGUAGE: Fields = {
    "lang": Field(TEXT),
    "activated": Field(BOOLEAN, "Whether contents can be read in it; null unless of an app."),
    "available": Field(BOOLEAN, "Whether the project's version has it."),
    "default": Field(BOOLEAN, is_documented=False),
    "appId": Field(INTEGER),
    "projectId": Field(INTEGER),
    "version": Field(TEXT),
    **AUDIT,
}

FROM_APP: Fields = {
    "sourceAppId": Field(INTEGER, "The app that was asked for it.", is_documented=False)
}
FROM_TEMPLATE: Fields = {
    "sourceTemplateId": Field(INTEGER, "The template that was asked for it.", is_documented=False)
}
FROM_VERSION: Fields = {
    "sourceProjectId": Field(INTEGER, "The project that was asked for it.", is_documented=False),
    "sourceVersion": Field(TEXT, "The version that was asked for it.", is_documented=False),
}
FROM_COMPANY: Fields = {
    "sourceCompanyId": Field(INTEGER, "The company that was asked for it.", is_documented=False)
}
