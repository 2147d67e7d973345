import { partners } from './german/partners';
import { scheduling } from './german/scheduling';
import { certificates } from './german/certificates';
import { sentences } from './german/sentences';
import { spoken } from './german/spoken';
import { terms } from './german/terms';

/** The German text of each English one; what is missing here is shown in English. */
export const german: Record<string, string> = { ...spoken, ...terms, ...scheduling, ...sentences, ...certificates, ...partners };
