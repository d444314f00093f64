"""Data about people in the lines of logs, and what only looks like it."""

# ruff: noqa: E501  # a line of a log is as long as it is

# a line of a log is as long as it is

from __future__ import annotations

import pytest

from pytest_golive.source.logged.personal import Allowed, people_in

ALLOWED = Allowed(("*@staff.shop.de", "+49 30 *"), ("augno.com", "timelyai.com.br"))

NOBODYS = r"""
2026-11-20T08:14:03.512Z INFO id=9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d status=200
{"time":1763626443512,"pid":12345,"request_id":"rq_0123456789abcdefghi","amount":"1234567.89","order":"4915112345678"}
mail to support@shop.com queued; from noreply@shop.com
GET https://user:pw@db.shop.com/x
postgres://app:secret@db.prod.shop.com:5432/shop
using lodash@4.17.21 and @types/node@20.1.0
celery@worker-1.shop.com: ready.
Message-ID: <20261120.1234567@mx.shop.com>
contact ada@example.com and bob@shop.example
git@github.com:shop/app.git
sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
phone=+1 202 555 0143
delta=+12345678901
ts=+1763626443512 version=1.2.3.4
customer=j***@gmail.com phone=***1234
remote_addr=10.0.0.12:54321 address=10.0.0.3 addr=api.augno.com:443
address_family=AF_INET6 street_count=12
{"to":"c_81927364512","from":"queue-12345678"}
{"to":"1234567890123","channel":"internal"}
offset +0200 2026-11-20T08:14:03+02:00 retry +3
Sentry https://0123456789abcdef0123456789abcdef@o12345.ingest.sentry.io/1
name=list_contacts first_name_missing=true customer_name_field=required
contato@timelyai.com.br told
shop-sync@my-project.iam.gserviceaccount.com
k8s user system:serviceaccount:shop:sync@cluster.local
icon@2x.png loaded, header@3x.webp
12 Main Loop iterations; 3 Retry Drive attempts
PUT /v1/units/4915112345678 200
version 10.15.7.12345 build 2026112012345
{"phone":null,"email":"","first_name":null}
{"phone":"[REDACTED]","email":"***","customer_name":"<masked>"}
email_sent=true email_id=em_1 phone_count=3 phone_id=12345678901
hash email=5d41402abc4b2a76b9719d911017c592
{"email":"golive-abc@example.com"}
first_name: str required, last_name: str
{"error":{"param":"email","message":"email is invalid"}}
Connecting to smtp user=mailer@shop.com
uid=1000(app) pid=4915112345 trace=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
GET /contacts?limit=100&page=2
created unit Main Street Warehouse
tel=0 mobile=false telemetry=12345678901
"hotel": "12345678901"  "cellular": "1234567890"
duration +12.345678901 s
10.1.2.3 - - [20/Nov/2026:08:14:03 +0000] "GET /assets/app-4f5a2b1c.js HTTP/1.1" 200 51234 "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
66.249.66.1 - - [20/Nov/2026:08:14:03 +0000] "GET /robots.txt HTTP/1.1" 200 12 "-" "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
{"level":"info","msg":"listening","addr":"0.0.0.0:8080","address":"[::]:9090"}
2026-11-20 08:14:03 INFO django.request GET /health 200
I1120 08:14:03.512345 1 controller.go:114] Reconciling address="10.0.0.0/16"
{"time":"2026-11-20T08:14:03Z","msg":"sync done","created":12,"updated":345678901,"cursor":"eyJpZCI6MTIzfQ==","next_page_token":"CAUQAA"}
{"name":"shop-sync","hostname":"ip-10-0-0-1.ec2.internal","pid":1,"level":30,"msg":"x","time":"2026-11-20T08:14:03.512Z","v":0}
Installing npm packages: @nestjs/core@10.4.8 vite@5.4.11 react-dom@18.3.1
fatal: could not read from git@gitlab.shop.io:team/app.git
rsync deploy@10.0.0.4:/srv
user agent "shop-sync/1.2 (+https://shop.io/bot; ops@shop.io)"
smtp: relay noreply@mailer.shop.io -> queue id 4XyZabc123
DKIM d=shop.io; s=s1; i=@shop.io
subscription arn:aws:sns:eu-central-1:123456789012:alerts
{"account":"123456789012","arn":"arn:aws:iam::123456789012:role/shop"}
trace id=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7
jaeger +0.000123s
diff: +12345678 -8765432
gc +5ms, heap +1048576000 bytes
Order 2026-11-20-00012345 total 1,234.56 EUR (+19%)
{"order_number":"10012345678","tracking":"00340434161094021501","ean":"4006381333931","iban_hash":"9f86d081"}
{"to_status":"open","from_status":"closed","to":"CONFIRMED","from":"PENDING"}
{"from":"2026-11-01","to":"2026-11-30","number":42}
{"number":"4711","recipient_id":"cus_1234567890123","sender":"system"}
{"phone_verified":true,"phone_hash":"e3b0c44298fc1c149afb","email_hash":"5d41402abc4b2a76b9719d911017c592"}
{"customer_name_length":12,"full_name":"[Filtered]","first_name":"***","last_name":"L."}
Parameters: {"email"=>"[FILTERED]", "phone"=>"[FILTERED]", "first_name"=>"[FILTERED]"}
{"contact_id":"3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f","tags":["vip"],"channel":"whatsapp"}
WhatsApp template order_update approved
{"event":"message.sent","channel_phone_id":"109876543210987","wamid":"wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFjNBMEEw"}
Connected to amqp://shop:***@rabbit.shop.internal:5672/%2F
mongodb+srv://app:s3cr3t@cluster0.ab1cd.mongodb.net/shop
{"street_view":false,"address_count":3,"address_id":"ad_01h","billing_address_id":"ad_02"}
{"shipping_address":{"id":"ad_01h","country":"DE"}}
{"address":"https://api.augno.com/v1","email":"unset"}
ValidationError: "email" must be a valid email
column "phone" of relation "contacts" does not exist
SELECT id, email, phone FROM contacts WHERE id = $1 -- args [REDACTED]
Support: contato@timelyai.com.br
oncall shop-on-call@shop.io paged
cert CN=*.shop.io, O=Shop GmbH, L=Berlin, emailAddress=ssl@shop.io
deploy by jenkins@ci.shop.io from branch feature/street-lane-12
Via: 1.1 varnish 12, Via: 1.1 vegur
Route 12 Via Rail station sync
5 Place orders retried; 12 Main Road tests run
Avenue 5 config loaded
Rue 12
Uploaded photo_2026@2x.jpg, sprite@3x.png
celery@worker-7d9f8b6c5-x2x9z ready
k8s: system:serviceaccount:shop:default
Message-ID: <CAF8=abc123@mail.gmail.com>
In-Reply-To: <7c1d@mail.shop.io>
version +1.234.567 build 20261120
timer fired at +1763626443512 (monotonic)
latency=+00000000012345678
{"tel":"n/a","mobile":"yes","fax":""}
retry-after: +120
{"msisdn":"***4571"}
cellular_automaton=123456789012
{"hotel_phone_extension":"123"}
{"phone":"+1 (555) 010-0199"}
{"phone":"+15555555555"}
{"phone":"+4900000000"}
{"name":"list_contacts","customer":"cus_123"}
{"customer_name":"ACME GmbH & Co. KG"}
{"customer_name":"Acme"}
ada+test@example.net
user=test@test.com
info: test-user-12@shop.test
anonymous@anonymous.invalid
E, [2026-11-20T08:14:03.512345 #1] ERROR -- : [augno] Net::OpenTimeout: execution expired (api.augno.com:443)
[2026-11-20 08:14:03 +0000] [12] [INFO] Booting worker with pid: 12
ts=1763626443.512 caller=main.go:41 level=info version="(version=2.53.0, branch=HEAD, revision=4c35b9250afefede41c5f5acd76191f90f625898)"
2026-11-20T08:14:03.512Z WARN  [http-nio-8080-exec-3] o.s.w.s.m.s.DefaultHandlerExceptionResolver : Resolved [HttpMessageNotReadableException: JSON parse error: Cannot deserialize value of type `LocalDate` from String "20.11.2026"]
{"timestamp":"2026-11-20T08:14:03Z","from_cache":true,"to_queue":"q1","number_of_items":1234567890}
{"to":"https://hooks.slack.com/services/T0/B0/x","from":"shop"}
{"destination":"10.0.0.12","sender":"kafka-1","recipient":"topic-a"}
Sending to=queue:1234567890123
amount=1234567890123 currency=EUR order=20261120123456
{"order":{"id":"or_1","number":"1002003004"},"customer":{"id":"ac_1","number":"C-10023"}}
request rq_0123456789abcdefghij to /v1/sales/customers?q=ACME 200
GET /v1/contacts?phone=*** 200
GET /v1/contacts?search=%5BREDACTED%5D 200
POST /oauth/token client_id=123456789012-abc123.apps.googleusercontent.com 200
User-Agent: okhttp/4.12.0 device=+1
X-Forwarded-For: 203.0.113.7, 70.41.3.18
cron "0 3 * * *" next=2026-11-21T03:00:00+01:00
coordinates=+52.520008,+13.404954
lat=52.520008 lon=13.404954
Geohash u33dc0 altitude +00034.5
UTC+01:00 Europe/Berlin
build +20261120123456
phone_number_id=109876543210987 waba_id=102290129340398
{"entry":[{"id":"102290129340398","changes":[{"value":{"metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"}}}]}]}
Place order via Rua API; rua_count=5
Street names loaded: 12 streets in 3 lanes
calle="main" thread=7
via="HTTP/1.1 proxy-12"
direction=outbound address_book=2 nome_arquivo=export-2026.csv
nome=relatorio.csv sobrenome_campo=true
{"first_name":{"changed":true}}
adresse=0x7ffd12345678
"endereco_ip": "10.0.0.1"
mobile_app_version=5.12.3 cell=A1 fax_enabled=false
tel_status=ok telegram_id=123456789012
""".strip("\n").splitlines()


@pytest.mark.parametrize("line", NOBODYS)
def test_what_is_nobodys_data_raises_no_alarm(line: str) -> None:
    assert list(people_in([line], ALLOWED)) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"customer_email":"ada.lovelace@posteo.de"}', [("an e-mail address", "a…@posteo.de", "certain")]),
        ("created contact ada.lovelace@gmail.com", [("an e-mail address", "a…@gmail.com", "certain")]),
        ("GET /v1/contacts?search=ada.lovelace%40posteo.de 200", [("an e-mail address", "a…@posteo.de", "certain")]),
        (
            r"""{"msg":"body","body":"{\"email\":\"ada@contoso.com\",\"name\":\"x\"}"}""",
            [("an e-mail address", "a…@contoso.com", "certain")],
        ),
        ("sending to +5511987654321", [("a telephone number", "+55… (13 digits)", "certain")]),
        ('{"customer_phone":"+49 151 23984571"}', [("a telephone number", "+49… (13 digits)", "certain")]),
        ('{"phone":"(11) 98765-4321"}', [("a telephone number", "11… (11 digits)", "certain")]),
        ("mobile: 015183456788", [("a telephone number", "01… (12 digits)", "certain")]),
        ("to=+4915183452788 status=sent", [("a telephone number", "+49… (13 digits)", "certain")]),
        ("5511987654321@s.whatsapp.net connected", [("a telephone number", "55… (13 digits)", "certain")]),
        ('shipping_address="Hauptstraße 12, 10115 Berlin"', [("a street address", "Hau…", "certain")]),
        ('{"street":"221B Baker Street"}', [("a street address", "221…", "certain")]),
        ("first_name=Ada last_name=Lovelace", [("a name", "A…", "certain"), ("a name", "L…", "certain")]),
        (
            "{'email': 'ada@uni-bonn.de', 'first_name': 'Ada'}",
            [("an e-mail address", "a…@uni-bonn.de", "certain"), ("a name", "A…", "certain")],
        ),
        ("golive0123984571abcdefemail@example.com", [("an e-mail address that golive sent", "golive…", "certain")]),
        ("golive0123984571abcdefname", [("a name that golive sent", "golive…", "certain")]),
        ('{"address_line1":"Rua Augusta 1500"}', [("a street address", "Rua…", "certain")]),
        ('{"recipient":{"email":"max.mustermann@web.de"}}', [("an e-mail address", "m…@web.de", "certain")]),
        ("User(id=3, email=j.doe@outlook.com)", [("an e-mail address", "j…@outlook.com", "certain")]),
        ("%2B5511987654321", [("a telephone number", "+55… (13 digits)", "certain")]),
    ],
)
def test_what_is_somebodys(line: str, found: list[tuple[str, str, str]]) -> None:
    assert [(person.what, person.shown, person.certainty) for person in people_in([line], ALLOWED)] == found


MORE = r"""
{"msg":"created","customer":{"email":"maria.silva@hotmail.com.br"}}
contact=joao.pereira@uol.com.br status=created
User ben@kunde.de logged in
{"body":"{\"customer_phone\":\"+5511912345067\"}"}
Sent WhatsApp to +55 11 91234-5067
phone: 030 90188765
"mobile" => "(021) 3456-7891"
{"last_name":"Lovelace"}
Endereço: Rua das Flores, 123
{"billing_address":"Musterweg 7, 10115 Berlin"}
{"address_line1":"742 Evergreen Terrace"}
Lieferung an Hauptstr. 5
GET /m2m/sites/s/users/ada%40kunde.de/statistics 200
GET /m2m/sites/s/users/ada@kunde.de/statistics 200
email=ada@kunde.de
tel:+494090188765
{"to":"+494090188765"}
{"to":["+494090188765"]}
""".strip("\n").splitlines()


@pytest.mark.parametrize("line", MORE)
def test_further_lines_with_somebodys_data(line: str) -> None:
    assert list(people_in([line], ALLOWED)) != []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("deployed_by=ana.souza@loja.com.br", [("an e-mail address", "likely")]),
        ('{"customer_name": "Ada Lovelace"}', [("a name", "likely")]),
        ("delivered to 12 Baker Street", [("a street address", "likely")]),
    ],
)
def test_what_is_only_likely_is_a_hint(line: str, found: list[tuple[str, str]]) -> None:
    assert [(person.what, person.certainty) for person in people_in([line], ALLOWED)] == found


@pytest.mark.parametrize(
    "line",
    ["by ana@staff.shop.de", "from contract.team@augno.com", "call +49 30 90188765 or mail", "Ana@Staff.Shop.de"],
)
def test_what_golive_yaml_allows_may_stand_there(line: str) -> None:
    assert list(people_in([line], ALLOWED)) == []


def test_places_are_told_and_the_same_of_a_line_once() -> None:
    lines = ["nothing", "to ada@posteo.de: ada@posteo.de, bob@posteo.de"]

    assert [(person.line, person.shown) for person in people_in(lines, ALLOWED)] == [
        (2, "a…@posteo.de"),
        (2, "b…@posteo.de"),
    ]
