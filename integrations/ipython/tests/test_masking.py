"""What is taken for a secret, what is not, and that no text makes it slow."""

import os
import tempfile
import time
import unittest

from stoa_activity.masking import MASK, WITHHELD, Masking

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"
GITHUB = "ghp_" + "a1B2" * 9
STOA = "zpat_" + "a1B2c3D" * 7


class Secrets(unittest.TestCase):
    def test_that_look_like_some_are_masked(self):
        for code, expected in [
            ('password = "hunter2"', f'password = "{MASK}"'),
            ("db_password: str = 'hunter2'", f"db_password: str = '{MASK}'"),
            ('connect(host="db", password="hunter2", port=5)', f'connect(host="db", password="{MASK}", port=5)'),
            ('{"api_key": "hunter2"}', f'{{"api_key": "{MASK}"}}'),
            ("os.environ['MY_TOKEN'] = 'hunter2'", f"os.environ['MY_TOKEN'] = '{MASK}'"),
            ('.option("password", "hunter2")', f'.option("password", "{MASK}")'),
            ('if secret == "hunter2":', f'if secret == "{MASK}":'),
            ('passphrase = """hunter2\nhunter2"""', f'passphrase = """{MASK}"""'),
            ('password = "hun\\"ter2"; x = 1', f'password = "{MASK}"; x = 1'),
            ("PASSWD=b'hunter2'", f"PASSWD=b'{MASK}'"),
            ('aws_secret_access_key="hunter2"', f'aws_secret_access_key="{MASK}"'),
            ("client('AKIAIOSFODNN7EXAMPLE')", f"client('{MASK}')"),
            (f"g = Github('{GITHUB}')", f"g = Github('{MASK}')"),
            (f"# {STOA}", f"# {MASK}"),
            ('"postgresql://ada:hunter2@db/x"', f'"postgresql://ada:{MASK}@db/x"'),
            ("!git clone https://ada:hun@ter2@host/x.git", f"!git clone https://ada:{MASK}@host/x.git"),
            ("curl -H 'Authorization: Bearer hunter2hunter2'", f"curl -H 'Authorization: Bearer {MASK}'"),
            ("h = {'Authorization': 'token hunter2'}", f"h = {{'Authorization': 'token {MASK}'}}"),
            (f"key = '''{PEM}'''", f"key = '''{MASK}'''"),
            (PEM[:40], MASK),
            ("%env API_TOKEN=hunter2", f"%env API_TOKEN={MASK}"),
            ("!mysql --password hunter2 x", f"!mysql --password {MASK} x"),
            ("%%bash\nexport DB_PASSWORD=hunter2\nls", f"%%bash\nexport DB_PASSWORD={MASK}\nls"),
            ('db_pass = """hunter2"""', f'db_pass = """{MASK}"""'),
            ("DB_PASS='hunter2'", f"DB_PASS='{MASK}'"),
            ('connect(user="me", passwd="hunter2")', f'connect(user="me", passwd="{MASK}")'),
            ('login(pass_="hunter2")', f'login(pass_="{MASK}")'),
            ('pw="hunter2"', f'pw="{MASK}"'),
            ("db_pw = 'hunter2'", f"db_pw = '{MASK}'"),
            ("{'pw': 'hunter2'}", f"{{'pw': '{MASK}'}}"),
            ('requests.get(url, auth=("me", "hunter2"))', f'requests.get(url, auth=("me", "{MASK}"))'),
            ("s.auth = ('me', 'hunter2')", f"s.auth = ('me', '{MASK}')"),
            ('auth=["me", b"hunter2"]', f'auth=["me", b"{MASK}"]'),
            ('auth=(user, "hunter2")', f'auth=(user, "{MASK}")'),
            ('auth=HTTPBasicAuth("me", "hunter2")', f'auth=HTTPBasicAuth("me", "{MASK}")'),
            ('basic_auth=("me", "hunter2")', f'basic_auth=("me", "{MASK}")'),
            ("!curl -u ada:hunter2 https://host/x", f"!curl -u ada:{MASK} https://host/x"),
            ("!curl -sSu 'ada:hunter2' https://host/x", f"!curl -sSu 'ada:{MASK}' https://host/x"),
            ("!curl --user=ada:hunter2 https://host/x", f"!curl --user=ada:{MASK} https://host/x"),
            ("!curl https://host/x --proxy-user ada:hunter2", f"!curl https://host/x --proxy-user ada:{MASK}"),
            ("%%bash\ncd x && curl -u ada:hunter2 host", f"%%bash\ncd x && curl -u ada:{MASK} host"),
            ('os.system("curl -u ada:hunter2 host")', f'os.system("curl -u ada:{MASK} host")'),
            ("!mysql -u me -phunter2 db", f"!mysql -u me -p{MASK} db"),
            ("!mysqldump -p'hunter2' db", f"!mysqldump -p'{MASK}' db"),
            ("out = !mysql -phunter2 db", f"out = !mysql -p{MASK} db"),
            ('subprocess.run("mysqladmin -phunter2 ping", shell=True)',
             f'subprocess.run("mysqladmin -p{MASK} ping", shell=True)'),
            ("!tool --password=hunter2 x", f"!tool --password={MASK} x"),
            ("!tool --password 'hunter2' x", f"!tool --password '{MASK}' x"),
            ('os.system("tool --password hunter2 x")', f'os.system("tool --password {MASK} x")'),
            ("!sshpass -p hunter2 ssh host", f"!sshpass -p {MASK} ssh host"),
            ("!tool --pass hunter2", f"!tool --pass {MASK}"),
            ("%env DB_PASS=hunter2", f"%env DB_PASS={MASK}"),
            ("%%bash\nPW=hunter2 tool", f"%%bash\nPW={MASK} tool"),
        ]:
            with self.subTest(code=code):
                masked = Masking()(code)
                self.assertEqual(masked, expected)
                self.assertNotIn("hunter2", masked)

    def test_the_rest_stays_as_it_is(self):
        for code in [
            "x = 1",
            'tokens = "to be or not"',
            'tokenizer = AutoTokenizer.from_pretrained("bert")',
            "password = getpass()",
            "https://example.org/a:b@c",
            "df['key'] = 'value'",
            "print('سلام دنیا')",
            "a % b",
            "%matplotlib inline",
            "!echo $API_TOKEN",
            "skip-this-one",
            "!jupyter lab -p 8888",
            "!docker run -p 8888:8888 -u 1000:1000 image",
            "!mkdir -p dir",
            "!psql -p 5432 -u me",
            "!mysql -p db",
            "!mysql -P3306 -u me",
            "!curl -u ada https://host:8080/x",
            "!curl https://host:8080/x -o out:file",
            "%%bash\nmkdir -p a/b && cp -pr a b",
            "pw_list = ['a', 'b']",
            "power = 'high'; pwm = 'a'; npw = 3",
            "pw = model.fit()",
            "pw = 5",
            "auth=None",
            "auth = authenticate('me', 'you')",
            "author = ('me', 'you')",
            "auth=(user, password)",
            "authors=['me', 'you']",
            "def f(auth=('me', None)): pass",
            "passed = 'yes'; passes = 'no'; bypass = 'on'; compass = 'N'",
            "passenger = 'ada'; pass_rate = 'high'; passive = 'x'; passthrough = 'y'",
            "for x in y: pass",
            "bandpass = 'low'; by_pass_filter = 'a'",
            "if x: pass\nname = 'ada'",
            "parser.add_argument('--password', help='of the database')",
            "parser.add_argument('-p', '--port')",
            "print('use --password to log in')",
            "!git log -p --author ada",
        ]:
            with self.subTest(code=code):
                self.assertEqual(Masking()(code), code)

    def test_twice_is_as_once(self):
        once = Masking()(f'password = "hunter2"\nurl = "https://a:hunter2@b"\n# {GITHUB} Bearer hunter2hunter2')
        self.assertEqual(Masking()(once), once)
        once = Masking()('auth=("a", "hunter2")\n!curl -u a:hunter2 b\n!mysql -phunter2\n!t --password "hunter2"\n!PW=hunter2 x')
        self.assertNotIn("hunter2", once)
        self.assertEqual(Masking()(once), once)

    def test_own_patterns_mask_their_first_group_or_all(self):
        masking = Masking(r"(?i)patient-(\d+)" + "\n# a comment\n\n" + r"\bprobe\w+")
        self.assertEqual(masking("patient-4711 probe7"), f"patient-{MASK} {MASK}")
        self.assertIsNone(masking.problem)

    def test_own_patterns_come_from_a_file_too(self):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("project-x\n")
        self.addCleanup(os.unlink, file.name)
        self.assertEqual(Masking(None, file.name)("project-x"), MASK)

    def test_where_a_pattern_cannot_be_read_no_code_leaves(self):
        for masking in (Masking("("), Masking(None, "/none/there"), Masking("fine\n[z-a]")):
            self.assertEqual(masking("x = 1"), WITHHELD)
            self.assertIn("can't be read", masking.problem)


class Time(unittest.TestCase):
    def test_grows_with_the_text_and_no_faster(self):
        masking, size = Masking(), 72 * 1024
        for piece in [
            "a", "password", 'password = "', "token='", '"', "\\", "-----BEGIN PRIVATE KEY-----", "://", "a://b:", "@",
            "eyJ", "eyJaaaaaaaaa.", "Bearer ", "authorization", "_key-", " ", "!password ", "password: a",
            'password="""', "curl -u a", "curl ", "mysql -p", "auth=(", "a_pass", "a_", "pw=", 'run("', "--pass ", "sshpass -p",
            "BasicAuth(", "secret:" + " " * 8, "AKIA", "x" * 50 + " ",
        ]:  # fmt: skip
            for code in (piece * (size // len(piece)), "!" + piece * (size // len(piece))):
                with self.subTest(piece=piece):
                    began = time.process_time()
                    masking(code)
                    # Linear ones take some ten milliseconds, quadratic ones minutes.
                    self.assertLess(time.process_time() - began, 5)
