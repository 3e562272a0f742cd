// Runs a program in the 32-bit WebAssembly VM: node run.mjs HEAP_BYTES FOLDER... PROGRAM [argument...]
//
// The folders are copied into the VM's own file system, under /0, /1, ..., and put on
// its path in that order; PROGRAM is a file of the first. What it prints comes out here.
// Its function step() is then called until it says False: between the calls this VM
// collects garbage, and at no other time.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript'

const [heapBytes, folders, program, ...args] = process.argv.slice(2)

function copy (fs, from, to) {
  fs.mkdirTree(to)
  for (const name of readdirSync(from)) {
    const path = join(from, name)
    if (statSync(path).isDirectory()) copy(fs, path, `${to}/${name}`)
    else fs.writeFile(`${to}/${name}`, readFileSync(path))
  }
}

const vm = await loadMicroPython({
  heapsize: Number(heapBytes),
  stdout: line => console.log(line),
  linebuffer: true
})
const path = folders.split(':').map((folder, i) => {
  copy(vm.FS, folder, `/${i}`)
  return `/${i}`
})
vm.FS.mkdirTree('/data')
try {
  vm.runPython(`
import sys
sys.path[:0] = ${JSON.stringify(path)}
sys.argv[:] = ${JSON.stringify([program, ...args])}
`)
  vm.runPython(readFileSync(join(folders.split(':')[0], program), 'utf8'))
  const step = vm.globals.get('step')
  while (step());
} catch (error) {
  console.log(error.message) // MicroPython's traceback; node would show the VM's source instead
  process.exit(1)
}
