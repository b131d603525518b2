import { CURRENT } from '../../scripts/n8n/hosts';
import { commandLineStories } from './support/commandLineStories';

describe('Command line of the newest n8n', () => commandLineStories(CURRENT));
