// The same app for node: `web.js PORT TOLD`.
const crypto = require('crypto')
const dgram = require('dgram')
const http = require('http')

const ANSWER_MILLISECONDS = 10
const me = crypto.randomBytes(8).toString('hex')
const [port, told] = process.argv.slice(2).map(Number)

const server = http.createServer((request, response) => {
  setTimeout(() => {
    response.writeHead(200, { 'Content-Length': me.length })
    response.end(me)
  }, ANSWER_MILLISECONDS)
})
server.listen({ port, host: '127.0.0.1', backlog: 512 }, () => {
  const teller = dgram.createSocket('udp4')
  teller.send(me, told, '127.0.0.1', () => teller.close())
})
