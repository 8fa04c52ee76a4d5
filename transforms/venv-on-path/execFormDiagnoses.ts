// What is wrong with lists that shall be exec forms.

import type { Diagnosis } from '../../src/model.ts';

export const EXEC_FORM_NOT_JSON: Diagnosis = {
  id: 'exec-form-not-json',
  level: 'broken',
  title: 'A list is no JSON, and a shell reads it as text',
  means:
    'The exec form is a JSON list, with `"` around each word and no comma at its end. Anything else is the shell form: `sh -c "[\'python\', ...]"` looks for a program `[python,` (exit 127).',
  see: 'docker run --rm IMAGE',
  write: '`CMD ["python", "app.py"]`.',
};

export const EXEC_FORM_ONE_WORD: Diagnosis = {
  id: 'exec-form-one-word',
  level: 'broken',
  title: 'A whole command is one word of a list',
  means:
    'In the exec form no shell splits words at blanks: `["python app.py"]` names one program of that name, with the blank in it (exit 127, "no such file or directory").',
  see: 'docker run --rm IMAGE',
  write: '`CMD ["python", "app.py"]`, or `CMD python app.py` without the list.',
};

export const EXEC_FORM_DIAGNOSES = [EXEC_FORM_NOT_JSON, EXEC_FORM_ONE_WORD];
