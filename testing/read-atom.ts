import { execFileSync } from 'node:child_process'

/** A feed as a program that is not ours understands it. */
export type ReadAtom = {
  id: string
  title: string
  subtitle: string
  updated: string
  links: Record<string, string>
  entries: { id: string; title: string; url: string; published: string; content: string }[]
  /** The names of all elements, each once: a text that was taken for markup would add one. */
  elements: string[]
}

const PROGRAM = `
import sys, json, xml.etree.ElementTree as ET
ATOM = '{http://www.w3.org/2005/Atom}'
def text(node, name):
    found = node.find(ATOM + name)
    assert found is not None, name
    return found.text or ''
def links(node):
    return {link.get('rel'): link.get('href') for link in node.findall(ATOM + 'link')}
def entry(node):
    told = {name: text(node, name) for name in ('id', 'title', 'published', 'content')}
    return {**told, 'url': links(node)['alternate']}
def read(document):
    feed = ET.fromstring(document.encode('utf-8'))
    assert feed.tag == ATOM + 'feed', feed.tag
    told = {name: text(feed, name) for name in ('id', 'title', 'subtitle', 'updated')}
    elements = sorted({node.tag.replace(ATOM, '') for node in feed.iter()})
    return {**told, 'links': links(feed), 'entries': [entry(node) for node in feed.findall(ATOM + 'entry')], 'elements': elements}
print(json.dumps(read(json.load(sys.stdin))))
`

/** Reads an Atom feed with Python's XML parser, which refuses whatever is not well-formed. */
export const readAtom = (document: string): ReadAtom =>
  JSON.parse(
    execFileSync('python3', ['-c', PROGRAM], { input: JSON.stringify(document), encoding: 'utf8', stdio: 'pipe' }),
  )
