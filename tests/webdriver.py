"""Chromium driven as a reader would, by plain WebDriver requests (W3C WebDriver, 2018)."""

import json
import subprocess
import urllib.error
import urllib.request

DOWN_UP = ("keyDown", "keyUp")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"left": "\ue012", "right": "\ue014", "home": "\ue011", "end": "\ue010"}


class Browser:
    """One window; `size` in CSS pixels, `phone` with a phone's screen."""

    def __init__(self, folder, size=(1300, 1000), phone=False):
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True
        )
        announced = next(line for line in self.driver.stdout if "successfully on port" in line)
        port = announced.split("on port")[1].strip(" .\n")
        self.address = f"http://127.0.0.1:{port}"
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        words += ["--disable-background-networking", f"--user-data-dir={folder}"]
        words += [f"--window-size={size[0]},{size[1]}"]
        options = {"args": words}
        if phone:
            metrics = {"width": size[0], "height": size[1], "pixelRatio": 2.0}
            options["mobileEmulation"] = {"deviceMetrics": metrics}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self.driver.kill()
            raise
        self.session = f"/session/{made['sessionId']}"

    def _ask(self, method, path, content=None):
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(self.address + path, body, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def open(self, address):
        self._ask("POST", f"{self.session}/url", {"url": address})

    def run(self, script, *arguments):
        content = {"script": script, "args": list(arguments)}
        return self._ask("POST", f"{self.session}/execute/sync", content)

    def element(self, selector):
        content = {"using": "css selector", "value": selector}
        found = self._ask("POST", f"{self.session}/element", content)
        return f"{self.session}/element/{found[ELEMENT]}"

    def click(self, selector):
        self._ask("POST", f"{self.element(selector)}/click", {})

    def type(self, selector, text):
        self._ask("POST", f"{self.element(selector)}/value", {"text": text})

    def press(self, *names):
        """Press keys where the focus is."""
        steps = [{"type": kind, "value": KEYS.get(n, n)} for n in names for kind in DOWN_UP]
        source = {"type": "key", "id": "keyboard", "actions": steps}
        self._ask("POST", f"{self.session}/actions", {"actions": [source]})

    def point_at(self, x, y, press=False):
        """Move the pointer to a place of the window; press it there if asked."""
        steps = [{"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}]
        if press:
            steps += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        source = {"type": "pointer", "id": "mouse", "actions": steps}
        self._ask("POST", f"{self.session}/actions", {"actions": [source]})

    def complaints(self):
        """Return what the console said: errors, refused scripts, requests for anything."""
        return self._ask("POST", f"{self.session}/se/log", {"type": "browser"})

    def close(self):
        try:
            self._ask("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=10)
