import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCarillon } from "./run-carillon.ts";

const CATALOG = `
brand: { name: 鲸落商城, signatures: { en: "Whalefall: " } }
defaults: { locale: zh-CN, time_zone: Asia/Shanghai, country: CN, currency: CNY }
carriers:
  alibaba-main:
    adapter: alibaba
    base_url: "https://dysmsapi.aliyuncs.com"
    settings: { access_key_id: LTAI5tExample0001, sign_name: 鲸落商城 }
    price: { CN: 0.045 CNY }
  twilio:
    adapter: twilio
    base_url: "https://api.twilio.com"
    settings: { account_sid: AC00000000000000000000000000000001, from: "+15005550006" }
    price: { "*": 0.0079 USD }
routes:
  - { channel: sms, countries: [CN], carriers: [alibaba-main, twilio] }
  - { channel: sms, carriers: [twilio] }
notices:
  order.shipped:
    class: transactional
    channels: [sms]
    data:
      order_id: { type: string, max: 12, charset: alphanumeric, example: D10001 }
      note: { type: string, max: 60, example: 请放在门口的柜子里不要按门铃谢谢您辛苦了请放在门口的柜子里不要按门铃麻烦您啦多谢了 }
    templates:
      sms:
        segments: 2
        zh-CN: '订单{{ data.order_id }}已发出，您的留言我们已经转告快递员：{{ data.note }}。'
        en: |-
          Order {{ data.order_id }} is on its way.
          Your note: {{ data.note }}
    carrier_templates:
      alibaba-main: { code: SMS_1, params: { order: "{{ data.order_id }}", note: "{{ data.note }}" } }
  undeclared:
    class: service
    channels: [sms]
    templates: { sms: { en: "Order {{ data.order_id }}" } }
  unreadable:
    class: service
    channels: [sms]
    templates:
      sms:
        en: { words: "Hello" }
`;

/** There is no router to be reached but the one of the test. */
const carillon = (...args: string[]) => runCarillon(args, { CARILLON_URL: url, CARILLON_KEY: "ck_test" });

const asked: string[] = [];
let answer: unknown;
let server: Server;
let url = "";
let folder = "";
let file = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carillon-render-"));
  file = join(folder, "shop.yaml");
  writeFileSync(file, CATALOG);
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization} ${text}`);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

describe("carillon render", () => {
  it("prints a file's words with parts, cost, worst case, carrier's template and warnings, and asks nobody", async () => {
    asked.length = 0;
    const { code, stdout, stderr } = await carillon("render", "order.shipped", "--catalog", file, "--locale", "zh-TW");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const note = "请放在门口的柜子里不要按门铃谢谢您辛苦了请放在门口的柜子里不要按门铃麻烦您啦多谢了";
    const text = `【鲸落商城】订单D10001已发出，您的留言我们已经转告快递员：${note}。`;
    const lines = stdout.split("\n");
    expect(lines.slice(0, 6)).toEqual([
      "order.shipped  sms  zh-CN",
      `  ${text}`,
      `  part 1  67 units  ${text.slice(0, 67)}`,
      `  part 2   ${text.length - 67} units  ${text.slice(67)}`,
      `  UCS-2, 2 segments (${text.length} units), 0.09 CNY by alibaba-main, else 0.0158 USD by twilio`,
      `  at worst 2 segments (${text.length - 6 - note.length + 12 + 60} units), most by data.note:`,
    ]);
    expect(lines[6]).toMatch(/^ {4}【鲸落商城】订单/);
    expect(lines.slice(7)).toEqual([
      `  alibaba-main sends its template SMS_1 with order "D10001", note "${note}"`,
      "  warning: /notices/order.shipped/templates/sms: there are no words for zh-TW: its readers get those for zh-CN",
      "",
    ]);
    expect(asked).toEqual([]);
  });

  it("can do what its help gives for examples", async () => {
    const { stdout } = await carillon("render", "--help");
    const examples = stdout.replaceAll(/\\\n\s*/g, "").match(/^ {2}carillon .*$/gm) ?? [];
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      const args = (example.match(/'[^']*'|\S+/g) ?? []).map((arg) => arg.replace(/^'(.*)'$/, "$1")).slice(1);
      expect(await carillon(...args), example).toMatchObject({ code: 0, stderr: "" });
    }
  });

  it("takes the data given, as JSON or in a file, for a reader elsewhere; lines of a text stay under each other", async () => {
    const data = { order_id: "D7", note: "Leave it at the door." };
    const inFile = join(folder, "data.json");
    writeFileSync(inFile, JSON.stringify(data));
    const question = ["render", "order.shipped", "--catalog", file, "--locale", "en", "--country", "GB", "--data"];
    const given = await carillon(...question, JSON.stringify(data));
    expect(given.stdout).toMatch(
      /^order.shipped {2}sms {2}en\n {2}Whalefall: Order D7 is on its way\.\n {2}Your note: Leave it at the door\.\n {2}GSM-7, 1 segment \(67 units\), 0\.0079 USD by twilio\n/,
    );
    expect((await carillon(...question, `@${inFile}`)).stdout).toBe(given.stdout);
    const json = JSON.parse((await carillon(...question, `@${inFile}`, "--json")).stdout);
    expect(json).toMatchObject({ notice: "order.shipped", previews: [{ locale: "en", units: 67, costs: [{ carrier: "twilio" }] }] });
  });

  it("says once what holds of all texts", async () => {
    const { stdout } = await carillon(
      "render",
      "order.shipped",
      "--catalog",
      file,
      "--data",
      '{"order_id":"D1","note":"x"}',
      "--country",
      "HK",
    );
    expect(stdout.match(/^order\.shipped/gm)).toHaveLength(2);
    expect(stdout).not.toContain("warning");
    const made = await carillon("render", "undeclared", "--catalog", file);
    expect(made).toMatchObject({ code: 1, stderr: "" });
    expect(made.stdout).toMatch(/^undeclared {2}sms {2}en\n {2}cannot be made: .*order_id/);
  });

  it("refuses what it cannot show, with the place that is wrong", async () => {
    const render = (...args: string[]) => carillon("render", ...args, "--catalog", file);
    const refused = (what: string) => ({ code: 1, stdout: "", stderr: expect.stringContaining(what) });
    expect(await render("order.shiped")).toMatchObject(
      refused("the notice is not a notice of this catalog; the closest one is order.shipped"),
    );
    expect(await render("order.shipped", "--data", '{"order_id":5,"note":"x"}')).toMatchObject(
      refused("--data /order_id is a number; must be"),
    );
    expect(await render("order.shipped", "--data", "D1")).toMatchObject(refused("--data must be JSON such as"));
    expect(await render("order.shipped", "--data", "@/no/such/file")).toMatchObject(refused("/no/such/file cannot be read"));
    expect(await render("order.shipped", "--time-zone", "Mars")).toMatchObject(refused("--time-zone is not a time zone"));
    expect(await render("unreadable")).toMatchObject(refused(`${file}:`));
    expect(await render("unreadable")).toMatchObject(refused("/notices/unreadable/templates/sms/en"));
  });

  it("asks the router where no catalog is named, and prints its answer", async () => {
    const previews = [
      {
        ...{
          channel: "push",
          locale: "en",
          step: "soon",
          text: "Visit: at 10",
          content: { channel: "push", title: "Visit", body: "at 10" },
        },
        ...{ costs: [{ carrier: "fcm", segments: 1 }], warnings: [{ detail: "a word" }] },
      },
    ];
    answer = { notice: "visit", version: 3, previews };
    asked.length = 0;
    expect(await carillon("render", "visit", "--step", "soon", "--channel", "push", "--tag", "new", "--tag", "vip")).toEqual({
      code: 0,
      stdout: "visit  soon  push  en\n  Visit: at 10\n  title  Visit\n  body   at 10\n  at no known price by fcm\n  warning: a word\n",
      stderr: "",
    });
    expect(asked).toEqual([
      'POST /v1/templates/preview Bearer ck_test {"notice":"visit","step":"soon","channel":"push","tags":["new","vip"]}',
    ]);
    expect(JSON.parse((await carillon("--json", "render", "visit")).stdout)).toEqual(answer);
  });
});
