"""The forms of credentials that are not signing secrets, as in their documentation or in secret scanners.

A kind without a beginning is found by `credentials.credential_kind` with another cheap test.
"""

from __future__ import annotations

__all__ = ["API_KEY", "KINDS", "LABELLED_KEY", "STARTS"]

API_KEY = "an API key (sk_live_..., rk_live_...)"
"""The kind of Stripe's API keys, whose form several providers use."""

_HEX_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){1,3}-[0-9a-f]{12}"
_ENVIRONMENT = "live|test|prod|production|sandbox|sbx|sbox|dev|development|stg|staging"
# A word for webhooks or signatures, as in whsec_test_..., marks a signing secret.
_NO_SIGNING_WORD = r"(?!.{0,24}(?:wh|hook|sec|sig|ntf|hmac))"

# (the kind in words, how it begins, the whole shape)
KINDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("a private key in PEM format", ("-----BEGIN ",), r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    (API_KEY, ("sk_", "rk_", "pk_"), r"(?:sk|rk|pk)_(?:live|test)_[0-9A-Za-z]{10,}$"),
    (
        "a GitHub token",
        ("gh", "github_pat_"),
        r"(?:gh[pousr]_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,})$",
    ),
    (
        "a GitLab token",
        ("gl",),
        r"gl(?:pat|dt|rt|rtr|ptt|cbt|ft|imt|agent|oas|soat|ffct)-[0-9A-Za-z_.-]{20,}$",
    ),
    ("a Slack token", ("xox", "xapp-"), r"(?:xox[a-z]|xapp)-[0-9A-Za-z.-]{10,}$"),
    ("a SendGrid API key", ("SG.",), r"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}$"),
    ("an AWS access key id", ("AKIA", "ASIA"), r"A(?:KIA|SIA)[0-9A-Z]{16}$"),
    ("a Google API key", ("AIza",), r"AIza[0-9A-Za-z_-]{35}$"),
    ("an OpenAI or Anthropic API key", ("sk-",), r"sk-(?:proj-|ant-|svcacct-)?[0-9A-Za-z_-]{20,}$"),
    ("a Shopify access token", ("shp",), r"shp(?:at|ca|pa)_[0-9A-Fa-f]{32}$"),
    ("a Square token", ("sq0",), r"sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{20,}$"),
    ("a Linear API key", ("lin_",), r"lin_(?:api|oauth)_[0-9A-Za-z]{20,}$"),
    ("a Paddle API key", ("pdl_",), r"pdl_(?:live|sdbx)_apikey_[0-9A-Za-z_]{20,}$"),
    ("a Resend API key", ("re_",), r"re_[0-9A-Za-z_]{20,}$"),
    ("a Sanity token", ("sk",), r"sk[0-9A-Za-z]{100,}$"),
    ("a Dropbox access token", ("sl.",), r"sl\.[0-9A-Za-z_.-]{40,}$"),
    ("the client id of a GitHub App", ("Iv",), r"Iv(?:1\.|23)[0-9A-Za-z]{14,}$"),
    ("an Intercom access token", ("dG9rO",), r"dG9rO[0-9A-Za-z+/]{20,}=*$"),
    ("a Polar access token", ("polar_",), r"polar_(?:oat|pat|cst|at)_[0-9A-Za-z_]{16,}$"),
    ("a Replicate API token", ("r8_",), r"r8_[0-9A-Za-z]{30,}$"),
    ("a Sentry token", ("sntry",), r"sntry[su]_[0-9A-Za-z_+/=.-]{20,}$"),
    ("a ClickUp API token", ("pk_",), r"pk_[0-9]{4,}_[0-9A-Z]{20,}$"),
    ("a Trello token", ("ATTA",), r"ATTA[0-9a-f]{60,}$"),
    ("a WooCommerce API key", ("cs_", "ck_"), r"c[sk]_[0-9a-f]{40}$"),
    ("a Twilio SID", ("SK", "AC"), r"(?:SK|AC)[0-9a-f]{32}$"),
    ("a Typeform access token", ("tfp_",), r"tfp_[0-9A-Za-z_-]{20,}$"),
    ("an Airtable access token", ("pat",), r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}$"),
    ("a Doppler token", ("dp.",), r"dp\.(?:pt|st|ct|sa|scim|audit)\.[0-9A-Za-z._-]{20,}$"),
    ("a Notion token", ("ntn_",), r"ntn_[0-9A-Za-z]{30,}$"),
    ("a Razorpay key id", ("rzp_",), r"rzp_(?:live|test)_[0-9A-Za-z]{10,}$"),
    ("an Atlassian API token", ("ATATT", "ATCTT"), r"AT[AC]TT3[0-9A-Za-z_=.-]{20,}$"),
    ("a Contentful access token", ("CFPAT-",), r"CFPAT-[0-9A-Za-z_-]{20,}$"),
    ("a Google access token", ("ya29.",), r"ya29\.[0-9A-Za-z_.-]{20,}$"),
    (
        "an access token",
        ("hf_", "npm_", "dop_v1_", "sbp_", "pscale_", "figd_", "vcp_", "glsa_", "dckr_pat_", "phc_", "sgp_"),
        r"(?:hf|npm|dop_v1|sbp|pscale_tkn|figd|vcp|glsa|dckr_pat|phc|sgp)_[0-9A-Za-z_.-]{20,}$",
    ),
    ("a Netlify, Render or Brex token", ("nfp_", "rnd_", "bxt_"), r"(?:nfp|rnd|bxt)_[0-9A-Za-z]{20,}$"),
    ("a Buildkite token", ("bk",), r"bk(?:ua|aj|ct|ar)_[0-9A-Za-z]{30,}$"),
    ("a Cal.com API key", ("cal_",), r"cal_(?:live_|test_)?[0-9a-f]{32}$"),
    ("a Dub API key", ("dub_",), r"dub_(?:[a-z]{2,10}_)?[0-9A-Za-z]{20,}$"),
    ("a MailerSend API token", ("mlsn.",), r"mlsn\.[0-9a-f]{40,}$"),
    ("a Mailgun API key", ("key-", "pubkey-"), r"(?:pub)?key-[0-9a-f]{32}$"),
    ("a Mandrill API key", ("md-",), r"md-[0-9A-Za-z_-]{22}$"),
    ("a Brevo API key", ("xkeysib-", "xsmtpsib-"), r"x(?:key|smtp)sib-[0-9a-f]{64}-[0-9A-Za-z]{16}$"),
    ("a Tailscale key", ("tskey-",), r"tskey-(?!webhook-)[a-z]{3,10}-[0-9A-Za-z-]{16,}$"),
    ("a LaunchDarkly key", ("sdk-", "mob-", "api-"), rf"(?:sdk|mob|api)-{_HEX_ID}$"),
    (
        "a Mercado Pago access token or public key",
        ("APP_USR-", "TEST-"),
        rf"(?:APP_USR|TEST)-(?:[0-9]{{8,}}-[0-9]{{6}}-[0-9a-f]{{32}}(?:-[0-9]+)?|{_HEX_ID})$",
    ),
    ("a Telnyx API key", ("KEY",), r"KEY[0-9A-F]{32}_[0-9A-Za-z]{10,}$"),
    ("an EasyPost API key", ("EZAK", "EZTK"), r"EZ[AT]K[0-9A-Za-z]{32,}$"),
    (
        "a Stytch secret or token",
        ("secret-", "public-token-"),
        rf"(?:secret|public-token)-(?:{_ENVIRONMENT})-.{{20,}}$",
    ),
    ("a Plaid access token", ("access-", "public-"), rf"(?:access|public)-(?:{_ENVIRONMENT})-{_HEX_ID}$"),
    ("an Onfido API token", ("api_",), r"api_(?:live|sandbox)(?:_[a-z]{2})?\.[0-9A-Za-z_-]{8,}"),
    ("a Supabase API key", ("sb_",), r"sb_(?:secret|publishable)_[0-9A-Za-z_-]{20,}$"),
    ("a CircleCI token", ("CCI",), r"CCI(?:PAT|PRJ)_[0-9A-Za-z_]{20,}$"),
    ("a Heroku API key", ("HRKU-",), r"HRKU-[0-9A-Za-z_-]{30,}$"),
    ("a New Relic key", ("NR",), r"NR(?:AK|JS|II|AL|RA)-[0-9A-Za-z_-]{20,}$"),
    ("a Bitbucket app password or token", ("ATBB",), r"ATBB[0-9A-Za-z]{24,}$"),
    ("a Nylas API key", ("nyk_",), r"nyk_(?:v[0-9]_)?[0-9A-Za-z]{30,}$"),
    ("a Tally API key", ("tly-",), r"tly-[0-9A-Za-z]{20,}$"),
    ("a Ramp token", ("ramp_",), r"ramp_(?:id|sec|tok|business_tok)_[0-9A-Za-z]{20,}$"),
    ("a Postman or Grafana key", ("PMAK-", "glc_"), r"(?:PMAK-|glc_)[0-9A-Za-z_+/=-]{30,}$"),
    ("a Braintree or PayPal access token", ("access_token$",), r"access_token\$(?:production|sandbox)\$"),
    ("a Keygen token", ("admin-", "prod-", "user-", "activ-", "env-"), r"[a-z]{3,5}-[0-9a-f]{40,}v[1-3]$"),
    ("a Twitch chat token", ("oauth:",), r"oauth:[0-9a-z]{30}$"),
    ("a bearer token of X", ("AAAAAAAAAAAAAAAAAAAA",), r"A{20}[0-9A-Za-z%]{40,}$"),
    ("a client id or secret of Google", ("GOCSPX-",), r"GOCSPX-[0-9A-Za-z_-]{20,}$"),
    ("the URL of a Cloudinary account", ("cloudinary://",), r"cloudinary://[^@\s]+@[0-9A-Za-z-]+$"),
    ("a Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-[0-9])?$"),
    ("an Asana access token", ("0/", "1/", "2/"), r"[012]/[0-9]{10,}(?:/[0-9]{10,})?:[0-9a-f]{32}$"),
    ("a WorkOS id", ("client_01", "org_01", "environment_01"), r"[a-z]+_01[0-9A-HJKMNP-TV-Z]{20,}$"),
    ("a Klaviyo private API key", ("pk_",), r"pk_(?:[0-9A-Za-z]{6}_)?[0-9a-f]{34}$"),
    ("an ElevenLabs API key", ("sk_",), r"sk_[0-9a-f]{48}$"),
    ("a Mollie API key", ("live_", "test_"), r"(?:live|test)_[0-9A-Za-z]{30}$"),
    ("a LiveKit API key", ("API",), r"API[0-9A-Za-z]{12}$"),
    ("the id of a Stripe endpoint", ("we_",), r"we_[0-9A-Za-z]{14,}$"),
    ("a JSON Web Token", ("eyJ",), r"eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{16,}$"),
    ("an access token of Meta or Square", ("EAA",), r"EAA[0-9A-Za-z_-]{50,}$"),
    ("a HubSpot access token", ("pat-",), rf"pat-[a-z]{{2}}[0-9]-{_HEX_ID}$"),
    ("a Telegram bot token", (), r"[0-9]{6,12}:[0-9A-Za-z_-]{30,}$"),
    ("a channel access token of LINE", (), r"[0-9A-Za-z+/]{100,}/1O/w1cDnyilFU=$"),
    ("an Ably API key", (), r"[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{6}:[0-9A-Za-z_-]{20,}$"),
    ("a Mailchimp API key", (), r"[0-9a-f]{32}-us[0-9]{1,2}$"),
    ("the client id of Google", (), r"[0-9]{6,}-[0-9a-z]{20,}\.apps\.googleusercontent\.com$"),
    ("a Mailgun API key", (), r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$"),
    (
        "an API key of Checkout.com",
        ("sk_", "pk_"),
        r"(?:sk|pk)_(?:sbox_)?(?=[a-z]*[0-9])[0-9a-z]{20,}[*:$#=]?$",
    ),
    (
        "an API key with the name of an environment",
        (),
        rf"{_NO_SIGNING_WORD}(?:[a-z]{{2,14}}[_-]){{0,2}}(?:{_ENVIRONMENT})[_-](?=[^_-]*[0-9])[0-9A-Za-z]{{20,}}$",
    ),
)
"""The kinds whose form is documented. A verifier warns about them."""

STARTS = tuple(start for _, starts, _ in KINDS for start in starts)
"""The beginnings of the kinds that have one."""

LABELLED_KEY = (
    rf"{_NO_SIGNING_WORD}(?:[a-z]{{2,14}}[_-])?(?:sk|pk|rk|ak|api|apikey|api[_-]key|key|pat|tok|token|access"
    rf"|access[_-]token|client|publishable|pub|sdk|bearer|oauth|org|project|user|app)[_-](?=[^_-]*[0-9])"
    r"[0-9A-Za-z_-]{16,}$"
)
"""A text with the label of a credential in its prefix. Only the diagnosis uses it: it is not documented."""
