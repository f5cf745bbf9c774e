// With pm2's own module: calls the method that each line of its input names, a list in JSON with its arguments behind.
const readline = require('readline')
const pm2 = require(process.argv[2])

pm2.connect((trouble) => {
  if (trouble) throw trouble
  console.log(JSON.stringify('connected'))
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const [method, ...rest] = JSON.parse(line)
    pm2[method](...rest, (error) => console.log(JSON.stringify({ error: error ? String(error.message || error) : null })))
  })
})
