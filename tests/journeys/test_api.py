"""The main job once more, through the API alone, as another program would do it."""

import hashlib
import io
import json
import time
import uuid

import httpx


class Program:
    """A program that acts for one person."""

    def __init__(self, house, email: str | None = None, lang: str = "en"):
        headers = {"Accept-Language": lang}
        if email:
            headers["Authorization"] = f"Bearer {house.manage('issue_token', email, '--days', '1')}"
        self.http = httpx.Client(base_url=f"{house.url}/api/v1/", headers=headers, timeout=60)

    def get(self, path: str, expect: int = 200, **params):
        return self._said(self.http.get(path, params=params), expect)

    def post(self, path: str, body: dict | None = None, expect: int = 201, **more):
        return self._said(self.http.post(path, json=body if body is not None else {}, **more), expect)

    @staticmethod
    def _said(answer, expect: int):
        assert answer.status_code == expect, f"{answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.content else None


def eventually(probe, seconds: float = 60):
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.2)


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n4 0 obj<</Length 62>>stream\nBT /F1 18 Tf 20 100 Td (Cisterne per i cortili scolastici) Tj ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"  # noqa: E501


def admitted(house, secretariat: Program, place: int, email: str, language: str) -> str:
    """A city applies, confirms with the code of the letter and is admitted. Returns its slug."""
    visitor = Program(house, lang=language)
    application = visitor.post(
        "applications/",
        {
            "place": place,
            "contact_name": "Office",
            "contact_email": email,
            "role": "office",
            "motivation": "We agree.",
            "language": language,
        },
    )
    assert application["state"] == "awaiting_contact"
    visitor.post(f"applications/{application['id']}/confirm/", {"code": "WRONG234"}, expect=400)
    confirmed = visitor.post(f"applications/{application['id']}/confirm/", {"code": house.code(email)}, expect=200)
    assert confirmed["state"] == "awaiting_decision"
    return secretariat.post(f"applications/{application['id']}/admit/", {"reason": "Welcome."}, expect=200)["slug"]


def test_a_program_does_the_main_job(anywhere):
    house = anywhere
    visitor, secretariat = Program(house), Program(house, "secretariat@network.example")
    accord = visitor.get("accord/")
    assert len(accord["articles"]) == 14 and len(accord["sha256"]) == 64
    bologna_place = next(row["id"] for row in visitor.get("places/", q="Bologn")["results"] if row["country"] == "IT")
    bologna = admitted(house, secretariat, bologna_place, "office@bo.example", "it")
    tunis = admitted(house, secretariat, visitor.get("places/", q="Tunis")["results"][0]["id"], "office@tn.example", "ar")

    office = Program(house, "office@bo.example", "it")
    assert [mandate["role"] for mandate in office.get("me/")["mandates"]] == ["coordinator"]
    body = {"city": bologna, "email": "mayor@bo.example", "role": "signatory", "language": "it", "until": "2099-01-01"}
    office.post("officials/", body)
    visitor.post("officials/accept/", {"code": house.code("mayor@bo.example")}, expect=200)
    mayor = Program(house, "mayor@bo.example", "it")
    act = {"date": "2026-10-12", "reference": "DC/2026/114", "votes_for": 31, "votes_against": 4, "abstentions": 2}
    office.post("accord/signatures/", {"city": bologna, "edition_sha256": accord["sha256"], "deliberation": act}, expect=403)
    mayor.post("accord/signatures/", {"city": bologna, "edition_sha256": "0" * 64, "deliberation": act}, expect=409)
    mayor.post("accord/signatures/", {"city": bologna, "edition_sha256": accord["sha256"], "deliberation": act})
    mayor.post("accord/signatures/", {"city": bologna, "edition_sha256": accord["sha256"], "deliberation": act}, expect=409)
    line = visitor.get("accord/register/")["results"][-1]
    assert line["city"] == bologna and line["kind"] == "signature" and line["edition_sha256"] == accord["sha256"]
    covered = {key: line[key] for key in line if key not in ("hash", "id")}
    plain = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(plain).hexdigest() == line["hash"]
    assert "holds" in house.manage("verify_register", "--url", house.url)
    certificate = visitor.http.get(f"accord/register/{line['position']}/certificate/")
    assert certificate.headers["content-type"] == "application/pdf" and certificate.content.startswith(b"%PDF")

    texts = {
        "title": "Cortili scolastici aperti", "summary": "Nove cortili senza asfalto.", "context": "Notti calde.",
        "action": "Abbiamo tolto l’asfalto.", "results": "Più ombra.", "failed": "Il primo anno mancava l’acqua.",
    }  # fmt: skip
    practice = office.post("practices/", {"city": bologna, "source_language": "it", "audience": {"kind": "public"}, **texts})
    visitor.get(f"practices/{practice['id']}/", expect=404)
    office.post(f"practices/{practice['id']}/submit/", expect=200)
    secretariat.post(f"practices/{practice['id']}/publish/", expect=200)
    files = {"file": ("cisterne.pdf", io.BytesIO(PDF), "application/pdf")}
    form = {
        "city": bologna,
        "title": "Piani delle cisterne",
        "source_language": "it",
        "audience": '{"kind": "public"}',
        "practice": practice["id"],
    }
    document = Program._said(office.http.post("documents/", data=form, files=files), 201)
    # Until it is checked, only the city itself sees that there is a document.
    assert eventually(lambda: office.get(f"documents/{document['id']}/")["state"] == "ready")
    assert visitor.get(f"documents/{document['id']}/")["state"] == "ready"
    assert visitor.http.get(f"documents/{document['id']}/content/").content == PDF

    other = Program(house, "office@tn.example", "ar")
    assert eventually(
        lambda: any(
            row["kind"] == "practice" and row["id"] == practice["id"] for row in other.get("search/", q="cortile")["results"]
        )
    )
    assert eventually(lambda: any(row["kind"] == "document" for row in other.get("search/", q="cisterne")["results"]))
    room = other.post("rooms/", {"title": "بولونيا وتونس", "audience": {"kind": "cities", "cities": [bologna, tunis]}})
    nonce = str(uuid.uuid4())
    first = other.post(f"rooms/{room['id']}/messages/", {"text": "مرحبا", "nonce": nonce})
    again = other.http.post(f"rooms/{room['id']}/messages/", json={"text": "مرحبا", "nonce": nonce}).json()
    assert (first["seq"], again["seq"], again["id"]) == (1, 1, first["id"])
    office.post(f"rooms/{room['id']}/messages/", {"text": "Buongiorno", "nonce": "b-1"})
    assert [row["text"] for row in other.get(f"rooms/{room['id']}/messages/", after=1)["results"]] == ["Buongiorno"]
    visitor.get(f"rooms/{room['id']}/messages/", expect=401)
    mayor.get(f"rooms/{room['id']}/messages/")
    secretariat.get(f"rooms/{room['id']}/messages/", expect=404)
    house.kill()
    house.start()
    assert [row["seq"] for row in other.get(f"rooms/{room['id']}/messages/", after=0)["results"]] == [1, 2]
