// A receiver as people write it in Node: it verifies what a parser made of the body, sends the signature that it expected, and
// the stack of whatever fails. It prints its port.
const crypto = require("node:crypto");
const http = require("node:http");

const key = Buffer.from(process.env.WEBHOOK_SECRET.slice("whsec_".length), "base64");

function answer(headers, raw) {
  try {
    const body = JSON.stringify(JSON.parse(raw));
    const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const right = crypto.createHmac("sha256", key).update(content).digest("base64");
    const found = headers["webhook-signature"].split(" ").includes(`v1,${right}`);
    return found ? [200, ""] : [401, `expected ${right}`];
  } catch (error) {
    return [500, error.stack];
  }
}

const server = http.createServer((request, response) => {
  let raw = "";
  request.on("data", (piece) => (raw += piece));
  request.on("end", () => {
    const [status, text] = answer(request.headers, raw);
    response.writeHead(status).end(text);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
