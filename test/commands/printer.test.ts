import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plain, red } from '#lib/commands/printer.ts';
import { captured } from './captured.ts';

it('--json gives one JSON document and nothing else', () => {
  const { print, document } = captured({ json: true });
  print.progress('on the way');
  print.result({ version: 3 }, () => 'for people');
  expect(document()).toEqual({ version: 3 });
});

it('people get the news on the way and then the result, without the document', () => {
  const { print, text } = captured();
  print.progress('on the way');
  print.result({ version: 3 }, () => 'for people');
  expect(text()).toBe('on the way\nfor people\n');
});

it('colours are written on a terminal only', () => {
  const [terminal, file] = [captured({ colour: true }), captured()];
  for (const { print } of [terminal, file]) print.result({}, () => red('rejected'));
  expect(terminal.text()).toBe('\u001b[31mrejected\u001b[0m\n');
  expect(file.text()).toBe('rejected\n');
});

it('text of others cannot move the cursor, change colours or break a line', () => {
  expect(plain('a\u001b[2Jb\u001b[31mc\nd\re\u0007')).toBe('abc d e ');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = [...plain(text)].map((character) => character.codePointAt(0) as number);
      expect(shown.filter((code) => code < 32 || (code >= 127 && code < 160))).toEqual([]);
    }),
  );
});

it('a picture takes the place of the one before on a terminal', () => {
  const { print, text } = captured({ width: 40 });
  print.draw(['one', 'two']);
  print.draw(['three']);
  expect(text()).toBe('one\ntwo\n\u001b[2A\u001b[Jthree\n');
});

it('what was said since the last picture is not drawn over', () => {
  const { print, text } = captured({ width: 40 });
  print.draw(['one']);
  print.progress('news');
  print.draw(['two']);
  expect(text()).toBe('one\nnews\ntwo\n');
});

it('a drawn line is cut to the terminal: a wrapped one would be two', () => {
  const { print, text } = captured({ width: 6 });
  print.draw(['12345', '123456']);
  expect(text()).toBe('12345\n1234…\n');
});

it.each([{ json: true, width: 40 }, {}])('nothing is drawn for %j', (options) => {
  const { print, text } = captured(options);
  print.draw(['one']);
  expect(text()).toBe('');
});
